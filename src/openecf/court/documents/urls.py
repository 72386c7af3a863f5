"""Addresses of the documents room."""

from __future__ import annotations

from django.urls import re_path

from openecf.court.documents import views

urlpatterns = [
    re_path(r"^docs?1/(?P<doc_id>\d{5,20})/?$", views.document, name="document"),
    re_path(r"^cgi-bin/show_case_doc(?:\.pl)?$", views.show_case_doc, name="show-case-doc"),
    re_path(r"^cgi-bin/show_multidocs\.pl$", views.show_multidocs, name="show-multidocs"),
    re_path(r"^cgi-bin/DocVerify\.pl$", views.doc_verify, name="doc-verify"),
    re_path(r"^utilities/check-pdf$", views.check_pdf_document, name="check-pdf"),
]
