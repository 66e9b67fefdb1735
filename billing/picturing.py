"""Page 1 of a stored PDF as a picture: what a page shows without any PDF viewer."""

from dataclasses import dataclass
from io import BytesIO
from threading import Lock

from django.db import transaction

from billing.models import DocumentPicture
from hub import documents
from hub.documents import DocumentDamaged
from hub.models import StoredFile

# Pixels per point: A4 becomes 1190 x 1684, sharp at the 720 pixels of the widest preview.
SCALE = 2
COLORS = 64

# PDFium is not made for threads.
_one_at_a_time = Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    width: int
    height: int
    pages: int


def picture_of(pdf: StoredFile) -> DocumentPicture:
    """Return the picture of a stored PDF, made now unless it is there. Takes 0.1 s then.

    :raises DocumentDamaged: the PDF is not what was stored.
    """
    known = DocumentPicture.objects.select_related("png").filter(pdf=pdf).first()
    if known is not None:
        return known
    return _keep(pdf, first_page(documents.read(pdf.sha256)))


def drawn(picture: DocumentPicture) -> bytes:
    """Return the bytes of a picture; one that was lost is drawn again.

    :raises DocumentDamaged: the PDF is not what was stored either.
    """
    try:
        return documents.read(picture.png_id)
    except DocumentDamaged:
        again = first_page(documents.read(picture.pdf_id))
        documents.store(again.content, media_type="image/png")
        return documents.read(picture.png_id)


def first_page(content: bytes) -> Picture:
    """Draw page 1 of a PDF, the same bytes for the same PDF.

    :raises DocumentDamaged: it cannot be read.
    """
    import pypdfium2

    try:
        with _one_at_a_time, pypdfium2.PdfDocument(content) as pdf:
            pages, page = len(pdf), pdf[0]
            image = page.render(scale=SCALE).to_pil()
            page.close()
    except pypdfium2.PdfiumError as error:
        raise DocumentDamaged("The stored document cannot be read.") from error
    drawn = BytesIO()
    image.quantize(COLORS).save(drawn, "PNG", optimize=True)
    return Picture(drawn.getvalue(), image.width, image.height, pages)


@transaction.atomic
def _keep(pdf: StoredFile, picture: Picture) -> DocumentPicture:
    png = documents.store(picture.content, media_type="image/png")
    size = {"width": picture.width, "height": picture.height, "pages": picture.pages}
    kept, _ = DocumentPicture.objects.select_related("png").get_or_create(
        pdf=pdf, defaults={"png": png} | size
    )
    return kept
