"""What is done at the Service Center. Each name here is one act, or what an act refuses with."""

from __future__ import annotations

from openecf.central.service_center.services.staffing import NoSuchAgent, NotForStaff, appoint, dismiss

__all__ = ["NoSuchAgent", "NotForStaff", "appoint", "dismiss"]
