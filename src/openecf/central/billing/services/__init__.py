"""What the billing room can be asked to do. Each name here is one act, or what an act refuses with."""

from __future__ import annotations

from openecf.central.billing.services.checks import (
    EnteredAlready,
    enter_check,
    say_whose_check,
    share_out_check,
    take_check_back,
)
from openecf.central.billing.services.disputes import (
    CannotAsk,
    NotWaiting,
    agree_to_credit,
    ask_credit,
    decide_credit,
    set_credit_aside,
    withdraw_credit,
)
from openecf.central.billing.services.exempting import (
    ExemptAlready,
    ExemptionWaits,
    NoSuchExemption,
    NotLonger,
    agree_to_exemption,
    ask_exemption,
    ask_extension,
    end_exemption,
    follow_exemptions,
    set_exemption_aside,
)
from openecf.central.billing.services.finding import (
    agree_with_finding,
    payment_found,
    refuse_finding,
    write_finding,
)
from openecf.central.billing.services.giving import (
    CreditWaits,
    agree_to_desk_credit,
    give_credit_by_hand,
    set_desk_credit_aside,
)
from openecf.central.billing.services.ledger import (
    MoreThanTheCredit,
    give_credit,
    move_balance,
    record_payment,
    record_refund,
)
from openecf.central.billing.services.papers import hand_out, mark_posted
from openecf.central.billing.services.paying import (
    NotYours,
    Payer,
    came_back,
    follow,
    give_up,
    go_on,
    pay,
    try_again,
    turned_back,
)
from openecf.central.billing.services.preferring import NoPostalAddress, set_billing_mail
from openecf.central.billing.services.refunds import (
    OneAtATime,
    agree_to_refund,
    ask_refund,
    refuse_refund,
)
from openecf.central.billing.services.statements import check, compute, differing, make_due, open_run
from openecf.central.billing.services.two_people import OwnRequest, SamePerson
from openecf.central.billing.services.usage import ForeignUsage, record_usage, record_usages
from openecf.platform.payments.findings import FoundAlready, NeedsAnother

__all__ = [
    "CannotAsk",
    "CreditWaits",
    "EnteredAlready",
    "ExemptAlready",
    "ExemptionWaits",
    "ForeignUsage",
    "FoundAlready",
    "MoreThanTheCredit",
    "NoPostalAddress",
    "NoSuchExemption",
    "NotLonger",
    "NotWaiting",
    "NeedsAnother",
    "NotYours",
    "OneAtATime",
    "OwnRequest",
    "Payer",
    "SamePerson",
    "agree_to_credit",
    "agree_to_desk_credit",
    "agree_to_exemption",
    "agree_to_refund",
    "agree_with_finding",
    "ask_credit",
    "ask_exemption",
    "ask_extension",
    "ask_refund",
    "came_back",
    "check",
    "compute",
    "decide_credit",
    "differing",
    "end_exemption",
    "enter_check",
    "follow",
    "follow_exemptions",
    "give_credit",
    "give_credit_by_hand",
    "give_up",
    "go_on",
    "hand_out",
    "make_due",
    "mark_posted",
    "move_balance",
    "open_run",
    "pay",
    "payment_found",
    "record_payment",
    "record_refund",
    "record_usage",
    "record_usages",
    "refuse_finding",
    "refuse_refund",
    "say_whose_check",
    "set_billing_mail",
    "set_credit_aside",
    "set_desk_credit_aside",
    "set_exemption_aside",
    "share_out_check",
    "take_check_back",
    "try_again",
    "turned_back",
    "withdraw_credit",
    "write_finding",
]
