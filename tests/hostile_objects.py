"""PDFs whose objects are a trap: loops, bombs, lies and depths; each function gives a file."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from pdfs import HEIGHT, WIDTH, Canvas, Writer, write_pages

SENTENCE = "Reeds stand before every trap."


def _page(writer: Writer, ops: str, resources: str = "", entries: str = "", catalog: str = "") -> bytes:
    """A page with a sentence and these operators after it."""
    canvas = Canvas(resources=resources, entries=entries)
    canvas.text(72, 100, SENTENCE)
    canvas.ops.append(ops)
    return write_pages([canvas], writer, catalog=catalog)


def _deflated(writer: Writer, data: bytes, entries: str = "") -> int:
    return writer.stream(zlib.compress(data, 9), f"{entries} /Filter /FlateDecode")


FORM = "/Type /XObject /Subtype /Form /BBox [0 0 612 792]"


def form_in_itself() -> bytes:
    writer = Writer()
    form = writer.add()
    data = "/X Do /X Do"
    writer.put(
        form,
        f"<< {FORM} /Resources << /XObject << /X {form} 0 R >> >> /Length {len(data)} >>\nstream\n{data}\nendstream",
    )
    return _page(writer, "/X Do", f"/XObject << /X {form} 0 R >>")


def deflate_bomb() -> bytes:
    """300 MB of spaces in 300 KB, drawn as a form."""
    writer = Writer()
    form = _deflated(writer, b" " * 300_000_000, FORM)
    return _page(writer, "/X Do", f"/XObject << /X {form} 0 R >>")


def many_paths(count: int = 500_000) -> bytes:
    writer = Writer()
    form = _deflated(writer, b"0 0 m 9 9 l 0 9 l f\n" * count, FORM)
    return _page(writer, "/X Do", f"/XObject << /X {form} 0 R >>")


def many_letters(count: int = 1_800_000) -> bytes:
    writer = Writer()
    text = b"".join(b"1 0 0 1 72 %d Tm (%s) Tj\n" % (i % 700, b"reeds and " * 9) for i in range(count // 90))
    canvas = Canvas(resources="")
    canvas.text(72, 100, SENTENCE)
    canvas.ops.append("BT /F1 9 Tf " + text.decode() + " ET")
    return write_pages([canvas], writer)


def many_saves() -> bytes:
    return _page(Writer(), "q " * 1_000_000)


def deep_arrays() -> bytes:
    return _page(Writer(), "[" * 300_000 + " ] TJ")


def deep_dictionary() -> bytes:
    return _page(Writer(), "", "/Deep " + "<< /D " * 50_000 + "null" + " >>" * 50_000)


def _boxed(box: str) -> Callable[[], bytes]:
    return lambda: _page(Writer(), "", entries=f"/CropBox [{box}]").replace(b"/MediaBox [0 0 612 792]", _media(box))


def _media(box: str) -> bytes:
    return f"/MediaBox [{box}]".encode()


def page_count_lie() -> bytes:
    return _page(Writer(), "").replace(b"/Count 1 ", b"/Count 1999999999 ")


def deep_page_tree(depth: int = 5_000) -> bytes:
    writer = Writer()
    trees = [writer.add() for _ in range(depth)]
    page = writer.add(f"<< /Type /Page /Parent {trees[-1]} 0 R /MediaBox [0 0 {WIDTH:g} {HEIGHT:g}] >>")
    for tree, kid in zip(trees, [*trees[1:], page], strict=True):
        writer.put(tree, f"<< /Type /Pages /Count 1 /Kids [{kid} 0 R] >>")
    return writer.finish(writer.add(f"<< /Type /Catalog /Pages {trees[0]} 0 R >>"))


def deep_outline(depth: int = 5_000) -> bytes:
    writer = Writer()
    items = [writer.add() for _ in range(depth)]
    for item, kid in zip(items, [*items[1:], items[0]], strict=True):  # the last is the first again
        writer.put(item, f"<< /Title (Reeds) /First {kid} 0 R /Last {kid} 0 R /Next {item} 0 R /Count 1 >>")
    return _page(writer, "", catalog=f"/Outlines << /First {items[0]} 0 R /Last {items[0]} 0 R /Count 1 >>")


def xref_loop() -> bytes:
    data = _page(Writer(), "")
    start = data.rindex(b"startxref") + 10
    at = data[start:].split()[0]
    return data.replace(b"trailer\n<< ", b"trailer\n<< /Prev " + at + b" /XRefStm " + at + b" ")


def object_stream_in_itself() -> bytes:
    writer = Writer()
    stream = writer.add()
    body = f"{stream} 0 << /Type /Catalog >>"
    writer.put(
        stream,
        f"<< /Type /ObjStm /N 1 /First {len(f'{stream} 0 ')} /Extends {stream} 0 R /Length {len(body)} >>\n"
        f"stream\n{body}\nendstream",
    )
    return _page(writer, "", catalog=f"/Names {stream} 0 R")


def length_of_itself() -> bytes:
    writer = Writer()
    stream = writer.add()
    writer.put(stream, f"<< {FORM} /Length {stream} 0 R >>\nstream\nq Q\nendstream")
    return _page(writer, "/X Do", f"/XObject << /X {stream} 0 R >>")


def names_with_nothing() -> bytes:
    return _page(Writer(), "/A#00B gs /#00 Do", "/ExtGState << /A#00B << /ca 0 >> /#00 null >>")


def picture_bomb(coding: str, side: int = 60_000) -> Callable[[], bytes]:
    """A picture of huge measures whose data is nothing, drawn over the sentence."""

    def make() -> bytes:
        writer = Writer()
        size = f"/Width {side} /Height {side} /ColorSpace /DeviceGray /BitsPerComponent 8"
        data = zlib.compress(bytes(4_000_000), 9) if coding == "FlateDecode" else b"\x00\x00\x00\x0cjP  \r\n\x87\n" * 9
        image = writer.stream(data, f"/Type /XObject /Subtype /Image {size} /Filter /{coding}")
        return _page(writer, "q 612 0 0 792 0 0 cm /X Do Q", f"/XObject << /X {image} 0 R >>")

    return make


def scripts() -> bytes:
    action = "<< /S /JavaScript /JS (while (true) app.alert(1);) >>"
    names = f"/Names << /JavaScript << /Names [(reeds) {action}] >> >>"
    return _page(Writer(), "", entries=f"/AA << /O {action} >>", catalog=f"/OpenAction {action} {names}")


def launcher() -> bytes:
    action = "<< /S /Launch /F (/bin/sh) /Win << /F (cmd.exe) >> >>"
    return _page(Writer(), "", catalog=f"/OpenAction {action}")


def huge_annotations(count: int = 20_000) -> bytes:
    """Notes that each draw the same form, which draws itself."""
    writer = Writer()
    form = writer.add()
    data = "/X Do BT /F1 9 Tf 1 0 0 1 72 700 Tm (note) Tj ET"
    writer.put(
        form,
        f"<< {FORM} /Resources << /XObject << /X {form} 0 R >> >> /Length {len(data)} >>\nstream\n{data}\nendstream",
    )
    note = writer.add(f"<< /Type /Annot /Subtype /Stamp /Rect [-9e9 -9e9 9e9 9e9] /AP << /N {form} 0 R >> >>")
    return _page(writer, "", entries=f"/Annots [{f'{note} 0 R ' * count}]")


def odd_encryption() -> bytes:
    data = _page(Writer(), "")
    odd = b"trailer\n<< /Encrypt << /Filter /Reeds /V 99 /R 99 /O (x) /U (y) /P -1 >> /ID [(a) (b)] "
    return data.replace(b"trailer\n<< ", odd)


def huge_map(count: int = 60_000) -> bytes:
    """A font of which every letter stands for 400 letters."""
    writer = Writer()
    rows = "\n".join(f"<{i:04x}> <{'0041' * 400}>" for i in range(count // 100))
    cmap = f"begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange {count} beginbfchar\n{rows}\nendbfchar"
    unicode = _deflated(writer, cmap.encode())
    font = writer.add(f"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /ToUnicode {unicode} 0 R >>")
    canvas = Canvas()
    canvas.text(72, 100, SENTENCE)
    canvas.text(72, 130, "reeds " * 2_000, font="F9")
    return write_pages([canvas], writer, f"/F9 {font} 0 R")


def glyph_in_itself() -> bytes:
    """A font whose letter is drawn by showing that letter."""
    writer = Writer()
    font = writer.add()
    glyph = writer.stream(b"1000 0 d0 BT /F9 1 Tf (a) Tj (a) Tj ET")
    writer.put(
        font,
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [.1 0 0 .1 0 0] /FirstChar 97 /LastChar 97 "
        f"/Widths [9] /Encoding << /Differences [97 /a] >> /CharProcs << /a {glyph} 0 R >> "
        f"/Resources << /Font << /F9 {font} 0 R >> >> >>",
    )
    canvas = Canvas()
    canvas.text(72, 100, SENTENCE)
    canvas.text(72, 130, "aaaa", font="F9")
    canvas.rectangle(60, 120, 200, 20, "1 1 1")
    return write_pages([canvas], writer, f"/F9 {font} 0 R")


def pattern_bomb() -> bytes:
    """Tiles of a hundredth of a point over the whole page, drawn over the sentence."""
    writer = Writer()
    tile = writer.stream(
        b"0 0 1 1 re f",
        "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 .01 .01] /XStep .01 /YStep .01 "
        "/Resources << >>",
    )
    return _page(writer, "/Pattern cs /P scn 0 0 612 792 re f", f"/Pattern << /P {tile} 0 R >>")


TRAPS: dict[str, Callable[[], bytes]] = {
    "a form in itself": form_in_itself,
    "a deflate bomb": deflate_bomb,
    "500,000 paths": many_paths,
    "1.8 million letters": many_letters,
    "a million saved states": many_saves,
    "deep arrays": deep_arrays,
    "deep dictionaries": deep_dictionary,
    "a page without size": _boxed("0 0 0 0"),
    "a page of negative size": _boxed("612 792 0 0"),
    "a page beyond measure": _boxed("-1e9 -1e9 1e9 1e9"),
    "a page whose size is no number": _boxed("nan inf (x) null"),
    "a false number of pages": page_count_lie,
    "a deep tree of pages": deep_page_tree,
    "a deep outline with a loop": deep_outline,
    "a loop of tables": xref_loop,
    "objects within themselves": object_stream_in_itself,
    "a length that is its own stream": length_of_itself,
    "names with nothing": names_with_nothing,
    "a JPEG 2000 bomb": picture_bomb("JPXDecode"),
    "a JBIG2 bomb": picture_bomb("JBIG2Decode"),
    "a picture of 3.6 billion points": picture_bomb("FlateDecode"),
    "scripts": scripts,
    "a program to start": launcher,
    "20,000 notes that draw themselves": huge_annotations,
    "an unknown encryption": odd_encryption,
    "a font of endless letters": huge_map,
    "a letter in itself": glyph_in_itself,
    "a pattern of a billion tiles": pattern_bomb,
}
