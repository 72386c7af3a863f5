"""Addresses of the cases room."""

from __future__ import annotations

from django.urls import path

from openecf.court.cases import edit_urls, views

urlpatterns = [
    *edit_urls.urlpatterns,
    path("cgi-bin/iquery.pl", views.query, name="query"),
    path("cgi-bin/iqquerymenu.pl", views.query_menu, name="query-menu"),
    path("cgi-bin/possible_case_numbers.pl", views.possible_case_numbers, name="possible-case-numbers"),
    path("cgi-bin/mobile_query.pl", views.mobile_query, name="mobile-query"),
]
