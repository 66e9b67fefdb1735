"""The picture of a stored PDF that pages show instead of the PDF itself."""

from django.db import models

from hub.models import StoredFile


class DocumentPicture(models.Model):
    """Page 1 of a PDF as PNG. It follows from the bytes of the PDF and can be made again."""

    pdf = models.OneToOneField(StoredFile, models.PROTECT, primary_key=True, related_name="+")
    png = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    width = models.PositiveSmallIntegerField(help_text="pixels")
    height = models.PositiveSmallIntegerField(help_text="pixels")
    pages = models.PositiveSmallIntegerField(help_text="of the PDF")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Page 1 of {self.pages}"
