"""Acts of the record in the desk's words: those of money and tickets, which owners see on pages of their own."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from openecf.central.accounts import queries as accounts

WORDS: dict[str, Promise] = {
    "payment.asked": gettext_lazy("A payment was begun"),
    "payment.attempted": gettext_lazy("The payer was sent to Pay.gov"),
    "payment.given-up": gettext_lazy("A payment was given up"),
    "payment.succeeded": gettext_lazy("A payment was made"),
    "payment.failed": gettext_lazy("A payment was not made"),
    "payment.cancelled": gettext_lazy("A payment was cancelled at Pay.gov"),
    "payment.pending": gettext_lazy("A payment is on its way from a bank"),
    "payment.unknown": gettext_lazy("Pay.gov did not say what came of a payment"),
    "payment.found": gettext_lazy("Pay.gov was asked about a payment by its number"),
    "payment.finding": gettext_lazy("One person found a payment in Pay.gov's report, or did not"),
    "payment.finding-agreed": gettext_lazy("A second person found the same about a payment"),
    "payment.finding-refused": gettext_lazy("A finding about a payment was set aside"),
    "payment.never-taken": gettext_lazy("A payment was closed as never taken"),
    "bill.posted": gettext_lazy("A bill was mailed by post"),
    "check.entered": gettext_lazy("A mailed check was entered"),
    "check.named": gettext_lazy("A mailed check was assigned to an account"),
    "check.shared-out": gettext_lazy("A mailed check was put on invoices or on the account"),
    "check.taken-back": gettext_lazy("A mailed check was taken back"),
    "ledger.returned": gettext_lazy("A check that was taken back was entered in the ledger"),
    "ledger.fee": gettext_lazy("A fee for a returned check was entered in the ledger"),
    "ledger.payment": gettext_lazy("A payment was entered in the ledger"),
    "ledger.credit": gettext_lazy("A credit was entered in the ledger"),
    "ledger.refund": gettext_lazy("A refund was entered in the ledger"),
    "ledger.moved": gettext_lazy("The balance moved from or to another account"),
    "credit.asked": gettext_lazy("A Credit Request was made"),
    "credit.withdrawn": gettext_lazy("A Credit Request was taken back"),
    "credit.granted": gettext_lazy("A Credit Request was granted"),
    "credit.in-part": gettext_lazy("A Credit Request was granted in part"),
    "credit.refused": gettext_lazy("A Credit Request was refused"),
    "credit.agreed": gettext_lazy("One person agreed to a Credit Request"),
    "credit.set-aside": gettext_lazy("The first decision about a Credit Request was set aside"),
    "desk-credit.asked": gettext_lazy("One person would give a credit"),
    "desk-credit.given": gettext_lazy("The desk gave a credit"),
    "desk-credit.set-aside": gettext_lazy("A credit of the desk was set aside"),
    "refund.asked": gettext_lazy("A refund was asked for"),
    "refund.agreed": gettext_lazy("One person agreed to a refund"),
    "refund.made": gettext_lazy("A refund was made"),
    "refund.refused": gettext_lazy("A refund was refused"),
    "exemption.asked": gettext_lazy("One person would grant an exemption, or would let one go on"),
    "exemption.granted": gettext_lazy("An exemption was granted"),
    "exemption.extended": gettext_lazy("An exemption goes on for longer"),
    "exemption.followed": gettext_lazy("An exemption of the merged account goes on"),
    "exemption.set-aside": gettext_lazy("An exemption that one person would grant was set aside"),
    "exemption.ended": gettext_lazy("An exemption was ended"),
    "service.ticket-asked": gettext_lazy("A ticket was opened"),
    "service.ticket-added": gettext_lazy("Something was added to a ticket"),
    "service.ticket-closed": gettext_lazy("A ticket was closed"),
    "service.ticket-files-removed": gettext_lazy("The files of a ticket that was closed long ago were removed"),
}


def words(act: str) -> str:
    """An act in the desk's words; "" for one that only its code names."""
    return accounts.act_words(act) or str(WORDS.get(act, ""))
