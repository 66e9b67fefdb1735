"""What pages and the API say about identity."""

from collections.abc import Iterable

from customers.identity import Fact, Identified, Tier

MATCHED_BY = {
    Tier.EXTERNAL_ID: "the id of another tool",
    Tier.HUB_ID: "our own id",
    Tier.VERIFIED_EMAIL: "e-mail",
    Tier.EMAIL: "e-mail",
    Tier.PHONE: "phone",
}
FACTS = {
    Fact.SAME_EXTERNAL_ID: "Same id in another tool",
    Fact.SAME_ID: "Same id",
    Fact.SAME_EMAIL: "Same e-mail",
    Fact.SAME_PHONE: "Same phone",
    Fact.SAME_NAME: "Same name",
    Fact.SAME_GIVEN_NAME: "Same given name",
    Fact.SAME_TAX_ID: "Same tax id",
    Fact.SAME_BIRTH_DATE: "Same date of birth",
    Fact.SAME_ADDRESS: "Same address",
    Fact.SHARED_EMAIL: "Same e-mail, which others have too",
    Fact.SHARED_PHONE: "Same phone, which others have too",
    Fact.ALIKE_NAME: "Name {} % alike",
    Fact.ALIKE_EMAIL: "E-mail alike",
    Fact.ALIKE_PHONE: "Phone differs in a digit",
    Fact.COMMON_NAME: "Several have this name",
    Fact.OTHER_CONTACTS: "E-mail and phone differ",
    Fact.OTHER_CONTACT: "E-mail or phone differs",
    Fact.OTHER_ADDRESS: "Another address",
    Fact.OTHER_EMAIL: "Another verified e-mail",
    Fact.OTHER_GIVEN_NAME: "Another given name",
    Fact.OTHER_BIRTH_DATE: "Another date of birth",
    Fact.OTHER_TAX_ID: "Another tax id",
}


def said(found: Identified) -> str:
    """Say who it is: “This is Claire Marchetti, C-000012 — matched by e-mail.”"""
    customer = found.customer
    if not found.created:
        return f"This is {customer.name}, {customer.code} — matched by {MATCHED_BY[found.tier]}."
    if found.reviews:
        return f"{customer.name} was added as {customer.code}. Somebody alike was known already."
    return f"{customer.name} was added as {customer.code}."


def evidence_in_words(facts: Iterable[str]) -> list[tuple[str, str]]:
    """Return tone and text of each fact; what speaks against comes with a warning tone."""
    parted = (fact.partition(":") for fact in facts)
    return [(_tone(name), FACTS[Fact(name)].format(measure)) for name, _, measure in parted]


def evidence_in_line(facts: Iterable[str]) -> str:
    """“same e-mail, same phone”."""
    return ", ".join(text.lower() for _, text in evidence_in_words(facts))


def _tone(fact: str) -> str:
    if fact.startswith("other_"):
        return "warn"
    return "ok" if fact.startswith("same_") else ""
