"""Collecting money through Pay.gov's hosted pages: the gateway's client, and what was asked of it and came of it.

Both kinds of site stand on it. It knows who pays and how much, never what a number on a card is: those are typed at the
gateway's own pages only.
"""
