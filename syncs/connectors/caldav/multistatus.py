"""Reading and writing the XML of WebDAV. Hostile input: no entities, no DTD, no huge trees."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from lxml import etree

from syncs.failures import Transient

DAV = "DAV:"
CALDAV = "urn:ietf:params:xml:ns:caldav"
OK = 200


@dataclass(frozen=True, slots=True)
class Response:
    """One resource of a multistatus; ``status`` is of the resource, 200 where it has none."""

    href: str
    status: int
    etag: str | None
    calendar_data: str | None
    resource_types: frozenset[str]
    properties: frozenset[str]

    @property
    def name(self) -> str:
        return member_name(self.href)


@dataclass(frozen=True, slots=True)
class Multistatus:
    responses: tuple[Response, ...]
    sync_token: str | None


def member_name(href: str) -> str:
    """Return the unquoted last segment of a path, "" for a collection or a dangerous name."""
    name = unquote(urlsplit(href).path.rpartition("/")[2])
    is_plain = name not in {".", ".."} and "/" not in name and name.isprintable()
    return name if is_plain else ""


def quoted(name: str) -> str:
    return quote(name, safe="")


def parse_multistatus(body: bytes) -> Multistatus:
    """Return what a 207 says.

    :raises Transient: it is not well-formed, or carries a document type.
    """
    root = _parse(body)
    token = root.findtext(f"{{{DAV}}}sync-token")
    responses = (_response(node) for node in root.findall(f"{{{DAV}}}response"))
    return Multistatus(tuple(responses), token.strip() if token and token.strip() else None)


def error_names(body: bytes) -> Mapping[str, str]:
    """Return the conditions of a DAV:error body by local name, with the first href in each.

    Empty where the body is something else: not every server explains itself.
    """
    if b"error" not in body[:2000]:
        return {}
    try:
        root = _parse(body)
    except Transient:
        return {}
    if _local(root.tag) != "error":
        return {}
    return {
        _local(node.tag): (node.findtext(f".//{{{DAV}}}href") or "").strip()
        for node in root.iterchildren("*")
    }


def properties_request(names: Iterable[tuple[str, str]]) -> bytes:
    """Return a PROPFIND body for (namespace, name) pairs."""
    root = etree.Element(f"{{{DAV}}}propfind", nsmap={"d": DAV, "c": CALDAV})
    _properties(root, names)
    return _bytes(root)


def sync_request(token: str | None) -> bytes:
    """Return a sync-collection body; without a token it lists everything."""
    root = etree.Element(f"{{{DAV}}}sync-collection", nsmap={"d": DAV})
    etree.SubElement(root, f"{{{DAV}}}sync-token").text = token or ""
    etree.SubElement(root, f"{{{DAV}}}sync-level").text = "1"
    _properties(root, ((DAV, "getetag"),))
    return _bytes(root)


def multiget_request(hrefs: Iterable[str]) -> bytes:
    root = etree.Element(f"{{{CALDAV}}}calendar-multiget", nsmap={"d": DAV, "c": CALDAV})
    _properties(root, ((DAV, "getetag"), (CALDAV, "calendar-data")))
    for href in hrefs:
        etree.SubElement(root, f"{{{DAV}}}href").text = href
    return _bytes(root)


def uid_request(uid: str) -> bytes:
    """Return a calendar-query body for events with this UID."""
    root = etree.Element(f"{{{CALDAV}}}calendar-query", nsmap={"d": DAV, "c": CALDAV})
    _properties(root, ((DAV, "getetag"), (CALDAV, "calendar-data")))
    node = etree.SubElement(root, f"{{{CALDAV}}}filter")
    for component in ("VCALENDAR", "VEVENT"):
        node = etree.SubElement(node, f"{{{CALDAV}}}comp-filter", name=component)
    node = etree.SubElement(node, f"{{{CALDAV}}}prop-filter", name="UID")
    match = etree.SubElement(node, f"{{{CALDAV}}}text-match", collation="i;octet")
    match.text = uid
    return _bytes(root)


def _parse(body: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Transient("The server's XML cannot be read.", code="xml") from error
    doctype: object = etree.ElementTree(root).docinfo.internalDTD
    if doctype is not None:
        raise Transient("The server's XML carries a document type.", code="xml_doctype")
    return root


def _response(node: etree._Element) -> Response:
    found: dict[str, etree._Element] = {}
    for propstat in node.findall(f"{{{DAV}}}propstat"):
        if _status(propstat) == OK:
            props = propstat.iterfind(f"{{{DAV}}}prop/*")
            found.update({_local(prop.tag): prop for prop in props})
    types = found.get("resourcetype")
    return Response(
        href=(node.findtext(f"{{{DAV}}}href") or "").strip(),
        status=_status(node),
        etag=_text(found.get("getetag")) or None,
        calendar_data=_text(found.get("calendar-data")) or None,
        resource_types=frozenset(_names(types, depth=1)),
        properties=frozenset(f"{name}/{inner}" for name in found for inner in _names(found[name])),
    )


def _status(node: etree._Element) -> int:
    """Return the number in ``HTTP/1.1 404 Not Found``; no status element means 200."""
    words = (node.findtext(f"{{{DAV}}}status") or "HTTP/1.1 200 OK").split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else OK


def _names(node: etree._Element | None, *, depth: int = 4) -> list[str]:
    """Return local names below a property, plus ``name`` attributes (VEVENT and the like)."""
    if node is None or depth == 0:
        return []
    names: list[str] = []
    for child in node:
        names.append(str(child.get("name") or _local(child.tag)))
        names.extend(_names(child, depth=depth - 1))
    return names


def _text(node: etree._Element | None) -> str:
    return (node.text or "").strip() if node is not None else ""


def _local(tag: object) -> str:
    return etree.QName(tag).localname if isinstance(tag, str) else ""


def _properties(root: etree._Element, names: Iterable[tuple[str, str]]) -> None:
    prop = etree.SubElement(root, f"{{{DAV}}}prop")
    for namespace, name in names:
        etree.SubElement(prop, f"{{{namespace}}}{name}")


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")
