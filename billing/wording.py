"""What a printed document calls things, per language; English where a language is missing."""

from dataclasses import dataclass

from hub.money import parse_locale


@dataclass(frozen=True, slots=True)
class Wording:
    invoice: str
    credit_note: str
    deposit_invoice: str
    number: str
    billed_to: str
    issue_date: str
    due_date: str
    purchase_order: str
    corrects: str
    reason: str
    terms: str
    description: str
    quantity: str
    unit_price: str
    unit_price_with_tax: str
    vat: str
    tax: str
    amount: str
    subtotal: str
    net: str
    tax_on: str
    included_tax_on: str
    total: str
    paid: str
    paid_on: str
    rounding: str
    due: str
    deducted: str
    pay_by_transfer: str
    reference: str
    page: str
    of_pages: str
    draft: str
    tax_id: str


ENGLISH = Wording(
    invoice="Invoice",
    credit_note="Credit note",
    deposit_invoice="Deposit invoice",
    number="No.",
    billed_to="Billed to",
    issue_date="Issue date",
    due_date="Due date",
    purchase_order="Your order",
    corrects="Corrects invoice",
    reason="Reason",
    terms="Payment terms",
    description="Description",
    quantity="Qty",
    unit_price="Unit price",
    unit_price_with_tax="Unit price incl. tax",
    vat="VAT",
    tax="Tax",
    amount="Amount",
    subtotal="Subtotal",
    net="Net amount",
    tax_on="{name} {rate} on {base}",
    included_tax_on="{name} {rate} included, on {base}",
    total="Total {currency}",
    paid="Paid",
    paid_on="Paid {date}",
    rounding="Rounding",
    due="Amount due",
    deducted="Less {reference}",
    pay_by_transfer="Pay by transfer",
    reference="Reference",
    page="Page",
    of_pages="of",
    draft="Draft",
    tax_id="Tax ID",
)

GERMAN = Wording(
    invoice="Rechnung",
    credit_note="Rechnungskorrektur",
    deposit_invoice="Anzahlungsrechnung",
    number="Nr.",
    billed_to="Rechnung an",
    issue_date="Rechnungsdatum",
    due_date="Fällig am",
    purchase_order="Ihre Bestellung",
    corrects="Korrigiert Rechnung",
    reason="Grund",
    terms="Zahlungsbedingungen",
    description="Beschreibung",
    quantity="Menge",
    unit_price="Einzelpreis",
    unit_price_with_tax="Einzelpreis brutto",
    vat="USt.",
    tax="Steuer",
    amount="Betrag",
    subtotal="Zwischensumme",
    net="Nettobetrag",
    tax_on="{name} {rate} auf {base}",
    included_tax_on="enthaltene {name} {rate} auf {base}",
    total="Gesamtbetrag {currency}",
    paid="Bezahlt",
    paid_on="Bezahlt am {date}",
    rounding="Rundung",
    due="Zu zahlen",
    deducted="Abzüglich {reference}",
    pay_by_transfer="Überweisung an",
    reference="Verwendungszweck",
    page="Seite",
    of_pages="von",
    draft="Entwurf",
    tax_id="USt-IdNr.",
)

FRENCH = Wording(
    invoice="Facture",
    credit_note="Avoir",
    deposit_invoice="Facture d’acompte",
    number="N°",
    billed_to="Facturé à",
    issue_date="Date d’émission",
    due_date="Échéance",
    purchase_order="Votre commande",
    corrects="Rectifie la facture",
    reason="Motif",
    terms="Conditions de paiement",
    description="Désignation",
    quantity="Qté",
    unit_price="Prix unitaire",
    unit_price_with_tax="Prix unitaire TTC",
    vat="TVA",
    tax="Taxe",
    amount="Montant",
    subtotal="Sous-total",
    net="Total HT",
    tax_on="{name} {rate} sur {base}",
    included_tax_on="dont {name} {rate} sur {base}",
    total="Total {currency}",
    paid="Payé",
    paid_on="Payé le {date}",
    rounding="Arrondi",
    due="Reste à payer",
    deducted="Acompte {reference}",
    pay_by_transfer="Paiement par virement",
    reference="Référence",
    page="Page",
    of_pages="sur",
    draft="Brouillon",
    tax_id="N° TVA",
)

LANGUAGES = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH}


def wording_for(locale: str) -> Wording:
    return LANGUAGES.get(parse_locale(locale).language, ENGLISH)
