"""For what somebody may read without paying. Sources: Electronic Public Access Fee Schedule, notes 8 to 10; courts'
pages on CJA panel attorneys and on orders that exempt trustees, researchers, and people who cannot pay."""

from __future__ import annotations

CJA, TRUSTEE = "cja", "trustee"
PURPOSES = (CJA, TRUSTEE, "indigent", "pro-bono", "researcher", "non-profit", "judiciary", "order")
"""A trustee's exemption is for the cases that the trustee takes part in; each may be bound to one case."""
