#!/usr/bin/env python3
"""Makes the workbooks of Tests/Corpus/customers/workbooks again: by openpyxl, xlsxwriter, pandas, PyExcelerate, odfpy,
LibreOffice and Gnumeric where they are there, and by hand, byte for byte, what other programs and hostile people write.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install openpyxl xlsxwriter pandas pyexcelerate odfpy xlwt
    /tmp/venv/bin/python Tests/Corpus/make-workbooks.py
"""
import datetime, io, pathlib, re, shutil, struct, subprocess, sys, tempfile, zipfile, zlib

OUT = pathlib.Path(__file__).parent / "customers" / "workbooks"
HEADER = ["Kundennummer", "Firma", "Anrede", "Vorname", "Nachname", "Sprache", "E-Mail", "Telefon", "Postfach", "Zugang",
          "Programm"]
NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACK = "http://schemas.openxmlformats.org/package/2006/relationships"


def row(i, **change):
    values = dict(zip(HEADER, [str(2000 + i), f"Büro {i}", "Frau", "Änne", "Groß", "de", f"kontakt@buero-{i}.example",
                               f"09999 555-{i:02}", f"post@buero-{i}.example", "imap", "Outlook"]))
    values.update(change)
    return list(values.values())


ROWS = [row(i) for i in range(4)]
TABLE = [HEADER] + ROWS


def esc(text):
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def letters(column):
    return chr(65 + column) if column < 26 else letters(column // 26 - 1) + chr(65 + column % 26)


class Raw(str):
    """A cell as XML; `{r}` is its place."""


def cell(value, r):
    if isinstance(value, Raw): return value.replace("{r}", r)
    if value is None or value == "": return ""
    if isinstance(value, (int, float)): return f'<c r="{r}"><v>{value}</v></c>'
    return f'<c r="{r}" t="inlineStr"><is><t>{esc(value)}</t></is></c>'


def sheet(table, before="", after="", attributes={}, first=1, ns=NS, numbers=None):
    rows = []
    for i, values in enumerate(table):
        number = numbers[i] if numbers else first + i
        rows.append(f'<row r="{number}"{attributes.get(number, "")}>'
                    + "".join(cell(v, f"{letters(c)}{number}") for c, v in enumerate(values)) + "</row>")
    return (f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{ns}">{before}<sheetData>'
            + "".join(rows) + f"</sheetData>{after}</worksheet>")


def rels(items):
    return (f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{PACK}">'
            + "".join(f'<Relationship Id="{i}" Type="{t}" Target="{g}"/>' for i, t, g in items) + "</Relationships>")


def parts(sheets, shared=None, styles=None, states=None, workbook_pr="", extra=None, base="xl/", rel=REL, ns=NS,
          target=lambda n: f"worksheets/sheet{n}.xml"):
    """The parts of a workbook; sheets is a dictionary of names and XML."""
    states = states or {}
    names = list(sheets)
    tags = "".join(f'<sheet name="{esc(n)}" sheetId="{i}" {states.get(n, "")} r:id="rId{i}"/>' for i, n in enumerate(names, 1))
    links = [(f"rId{i}", rel + "/worksheet", target(i)) for i in range(1, len(names) + 1)]
    files = {}
    if shared is not None:
        links.append(("rIdS", rel + "/sharedStrings", "sharedStrings.xml"))
        files[base + "sharedStrings.xml"] = f'<sst xmlns="{ns}">' + "".join(shared) + "</sst>"
    if styles is not None:
        links.append(("rIdF", rel + "/styles", "styles.xml"))
        files[base + "styles.xml"] = styles
    files["_rels/.rels"] = rels([("rId1", rel + "/officeDocument", base + "workbook.xml")])
    files[base + "workbook.xml"] = f'<workbook xmlns="{ns}" xmlns:r="{rel}">{workbook_pr}<sheets>{tags}</sheets></workbook>'
    files[base + "_rels/workbook.xml.rels"] = rels(links)
    for i, n in enumerate(names, 1):
        t = target(i)
        files[t[1:] if t.startswith("/") else base + t] = sheets[n]
    files.update(extra or {})
    return files


def styles(*codes):
    """Style 0 is General, style n has the n-th code; a number is a built-in format."""
    formats = "".join(f'<numFmt numFmtId="{170 + i}" formatCode="{esc(c)}"/>' for i, c in enumerate(codes) if isinstance(c, str))
    xfs = '<xf numFmtId="0"/>' + "".join(
        f'<xf numFmtId="{170 + i if isinstance(c, str) else c}" applyNumberFormat="1"/>' for i, c in enumerate(codes))
    return f'<styleSheet xmlns="{NS}"><numFmts>{formats}</numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>{xfs}</cellXfs></styleSheet>'


def archive(name, files, method=zipfile.ZIP_DEFLATED, tail=b""):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as z:
        for path, text in (files.items() if isinstance(files, dict) else files):
            info = zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if path == "mimetype" else method
            z.writestr(info, text)
    write(name, data.getvalue() + tail)


def write(name, data):
    (OUT / name).write_bytes(data)


def num(value, style=0, kind=""):
    return Raw(f'<c r="{{r}}" s="{style}"{kind}><v>{value}</v></c>')


def changed(column, values, table=ROWS):
    """The table with other values in one column."""
    place = HEADER.index(column)
    return [HEADER] + [r[:place] + [v] + r[place + 1:] for r, v in zip(table, values)]


def by_hand():
    one = lambda table, **more: parts({"Kunden": sheet(table, **more)})
    archive("inline-strings.xlsx", one(TABLE))
    archive("stored-not-deflated.xlsx", one(TABLE), zipfile.ZIP_STORED)
    archive("bytes-behind-the-end.xlsx", one(TABLE), tail=b"\0" * 300)

    # As Excel writes it: shared texts, runs of rich text, how a name is pronounced, escapes.
    texts, places = [], {}
    def shared(text, xml=None):
        if text not in places:
            places[text] = len(texts)
            texts.append(f"<si>{xml or f'<t>{esc(text)}</t>'}</si>")
        return Raw(f'<c r="{{r}}" t="s"><v>{places[text]}</v></c>')
    rich = ('<r><t xml:space="preserve">Büro </t></r><r><rPr><b/><sz val="11"/></rPr><t>am Tor</t></r>'
            '<rPh sb="0" eb="2"><t>BUERO</t></rPh><phoneticPr fontId="1"/>')
    table = [[shared(v) for v in HEADER]] + [[shared(v) for v in r] for r in ROWS]
    table[1][1] = shared("rich", rich)
    table[2][1] = shared("escaped", "<t>Büro_x000D_\nSüd _x005F_x0041_</t>")
    archive("shared-strings-rich-and-phonetic.xlsx", parts({"Kunden": sheet(table)}, shared=texts))
    archive("shared-string-missing.xlsx", parts({"Kunden": sheet([HEADER, row(0)[:1] + [num(7, 0, ' t="s"')] + row(0)[2:]])}, shared=["<si><t>x</t></si>"]))
    archive("shared-strings-absent.xlsx", parts({"Kunden": sheet([HEADER, row(0)[:1] + [num(0, 0, ' t="s"')] + row(0)[2:]])}))
    files = parts({"Kunden": sheet(table)}, shared=texts)
    files["xl/texts/all.xml"] = files.pop("xl/sharedStrings.xml")
    files["xl/_rels/workbook.xml.rels"] = files["xl/_rels/workbook.xml.rels"].replace("sharedStrings.xml", "texts/all.xml", 1).replace("/relationships/texts/all.xml", "/relationships/sharedStrings")
    files["xl/_rels/workbook.xml.rels"] = rels([("rId1", REL + "/worksheet", "/xl/worksheets/sheet1.xml"), ("rId2", REL + "/sharedStrings", "texts/all.xml")])
    archive("shared-strings-elsewhere-absolute-target.xlsx", files)

    # Numbers.
    ids = styles("0000000", '"K-"0000', "@", "00\\ 00\\-0", "#,##0", 1, "[<=9999]0000;00000", "0;;;@")
    archive("ids-as-numbers.xlsx", parts({"Kunden": sheet(changed("Kundennummer", [num(42, 1), num(7, 2), num(1234567890123), num("9.876543210123E12", 0)]))}, styles=ids))
    archive("ids-as-numbers-2.xlsx", parts({"Kunden": sheet(changed("Kundennummer", [num(12345, 4), num(1234567, 5), num(815, 7), num(12, 3)]))}, styles=ids))
    archive("ids-of-more-than-15-digits.xlsx", parts({"Kunden": sheet(changed("Kundennummer", [num("1.2345678901234567E+19"), num("12345678901234500000"), num("1234567890123456", 6), num("123456789012345")]))}, styles=ids))
    phones = styles("0##\\ ####\\ ###", "00000000000", '"+"00\\ 000\\ 0000000', "[<=9999999]###\\-####;\\(###\\)\\ ###\\-####")
    archive("phones-as-numbers.xlsx", parts({"Kunden": sheet(changed("Telefon", [num(89123456, 1), num(9999555001, 2), num(499995550002, 3), num(9995550003, 4)]))}, styles=phones))
    archive("phones-without-format.xlsx", parts({"Kunden": sheet(changed("Telefon", [num(9999555000), num("4.99995550001E+11"), num("9999555002.0"), Raw('<c r="{r}" t="n"><v> 9999555003 </v></c>')]))}))
    dates = styles(14, "dd.mm.yyyy", "[$-407]d. mmmm yyyy;@", "yyyy-mm-dd hh:mm", 20, "[h]:mm:ss", "0.00", 10, '#,##0.00\\ "€"')
    column = changed("Firma", [num(46346, 1), num("46346.604166666664", 4), num("0.604166666666667", 5), num("1.0625", 6)])
    archive("dates-and-times.xlsx", parts({"Kunden": sheet(column)}, styles=dates))
    column = changed("Firma", [num(46346, 2), num(46346.99999, 3), num(59, 1), num(60, 1)])
    archive("dates-1900.xlsx", parts({"Kunden": sheet(column)}, styles=dates))
    column = changed("Firma", [num(44884, 2), num(0, 1), Raw('<c r="{r}" t="d"><v>2026-11-20T00:00:00.000</v></c>'), Raw('<c r="{r}" t="d"><v>2026-11-20T14:30:00Z</v></c>')])
    archive("dates-1904.xlsx", parts({"Kunden": sheet(column)}, styles=dates, workbook_pr='<workbookPr date1904="1"/>'))
    column = changed("Firma", [num(2.5, 7), num(0.25, 8), num(1234.5, 9), num("0.30000000000000004")])
    archive("decimals-percent-currency.xlsx", parts({"Kunden": sheet(column)}, styles=dates))

    # What formulas leave behind.
    kinds = [Raw('<c r="{r}" t="str"><f>A2&amp;"x"</f><v>Büro aus Formel</v></c>'), Raw('<c r="{r}" t="e"><f>VLOOKUP(1,2,3)</f><v>#N/A</v></c>'),
             Raw('<c r="{r}" t="b"><v>1</v></c>'), Raw('<c r="{r}" t="str"><f>""</f><v></v></c>')]
    archive("formula-results-errors-booleans.xlsx", one(changed("Firma", kinds)))
    archive("formulas-without-results.xlsx", one(changed("E-Mail", [Raw('<c r="{r}"><f>"a@"&amp;B2</f></c>')] * 4)))

    # Where rows and cells are.
    archive("no-references.xlsx", {k: v.replace(' r="', ' x="') if "sheet1" in k else v for k, v in one(TABLE).items()})
    rows = sheet(TABLE)
    archive("cells-out-of-order.xlsx", parts({"Kunden": rows.replace(rows[rows.index('<row r="2"'):rows.index('<row r="3"')],
            '<row r="2">' + "".join(cell(v, f"{letters(c)}2") for c, v in reversed(list(enumerate(ROWS[0])))) + "</row>")}))
    archive("two-cells-in-one-place.xlsx", parts({"Kunden": rows.replace('r="B3"', 'r="A3"')}))
    archive("no-such-place.xlsx", parts({"Kunden": rows.replace('r="B3"', 'r="XYZ3"')}))
    archive("gaps-and-trailing-cells.xlsx", parts({"Kunden": sheet([HEADER, ROWS[0][:10], [], ROWS[1][:9] + ["imap"], ROWS[2] + ["", "", Raw('<c r="{r}" s="0"/>')]], numbers=[3, 5, 6, 9, 20])}))
    archive("dimension-wrong.xlsx", one(TABLE, before='<dimension ref="A1"/>'))
    archive("stray-cell-far-right.xlsx", one([HEADER, ROWS[0] + [None] * 16372 + ["x"], ROWS[1]]))
    archive("cell-beyond-xfd.xlsx", one([HEADER, ROWS[0] + [None] * 16373 + ["x"], ROWS[1]]))
    archive("cells-beyond-xfd-without-references.xlsx", parts({"Kunden": re.sub(' r="[A-Z]+[0-9]+"', "", sheet([HEADER, ROWS[0] + ["x"] * 16374]))}))
    archive("note-beside-the-table.xlsx", one([HEADER, ROWS[0] + [None, "bitte prüfen"], ROWS[1]]))
    archive("merged-title.xlsx", one([["Kundenliste 2026"], [], HEADER] + ROWS, after='<mergeCells count="1"><mergeCell ref="A1:K1"/></mergeCells>'))
    archive("header-with-line-breaks.xlsx", one([[h.replace("E-Mail", "E-Mail\n") for h in HEADER]] + ROWS))

    # What is not shown.
    hidden = {3: ' hidden="1"', 4: ' hidden="1"'}
    archive("hidden-rows.xlsx", one(TABLE, attributes=hidden))
    archive("row-of-no-height.xlsx", one(TABLE, attributes={3: ' ht="0" customHeight="1"'}))
    archive("filtered-rows.xlsx", one(TABLE, attributes=hidden, before='<sheetPr filterMode="1"/>',
            after='<autoFilter ref="A1:K5"><filterColumn colId="9"><filters><filter val="pop3"/></filters></filterColumn></autoFilter>'))
    archive("filter-without-condition.xlsx", one(TABLE, attributes={3: ' hidden="true"'}, after='<autoFilter ref="A1:K5"/>'))
    filtered = one(TABLE, attributes=hidden)
    filtered["xl/worksheets/_rels/sheet1.xml.rels"] = rels([("rId1", REL + "/table", "../tables/table1.xml")])
    filtered["xl/tables/table1.xml"] = f'<table xmlns="{NS}" ref="A1:K5"><autoFilter ref="A1:K3"><filterColumn colId="0"/></autoFilter></table>'
    archive("filtered-table-and-hidden-row.xlsx", filtered)
    archive("hidden-columns.xlsx", one(TABLE, before='<cols><col min="2" max="3" hidden="1"/><col min="30" max="40" hidden="1"/></cols>'))

    # Sheets.
    other = sheet([["Notiz"], ["anrufen"]])
    archive("first-sheet-hidden.xlsx", parts({"Hilfe": other, "Kunden": sheet(TABLE)}, states={"Hilfe": 'state="hidden"'}))
    archive("second-sheet-has-rows.xlsx", parts({"A–M": sheet(TABLE), "N–Z": sheet(TABLE), "Leer": sheet([])}))
    archive("sheet-by-name.xlsx", parts({"Deckblatt": other, "Kunden 2026": sheet(TABLE)}))
    archive("cover-sheet-first.xlsx", parts({"Deckblatt": other, "Kunden 2026": sheet(TABLE)}))
    archive("sheet-by-name-missing.xlsx", parts({"Deckblatt": other, "Kunden": sheet(TABLE)}))
    archive("sheet-by-name-hidden.xlsx", parts({"Deckblatt": other, "Kunden": sheet(TABLE)}, states={"Kunden": 'state="veryHidden"'}))
    archive("all-sheets-hidden.xlsx", parts({"Kunden": sheet(TABLE)}, states={"Kunden": 'state="hidden"'}))
    chart = parts({"Bild": "<chartsheet/>", "Kunden": sheet(TABLE)})
    chart["xl/_rels/workbook.xml.rels"] = chart["xl/_rels/workbook.xml.rels"].replace("/worksheet\"", "/chartsheet\"", 1)
    archive("chart-sheet-first.xlsx", chart)
    (OUT / "text-with-a-sheet-named.csv").write_text("\n".join(";".join(r) for r in TABLE) + "\n", encoding="utf-8")
    archive("empty-sheet.xlsx", one([]))
    archive("header-only.xlsx", one([HEADER]))

    # Other ways to write the same.
    prefixed = sheet(TABLE).replace("xmlns=", "xmlns:x=")
    for tag in ["worksheet", "sheetData", "row", "c", "is", "t"]:
        prefixed = prefixed.replace(f"<{tag} ", f"<x:{tag} ").replace(f"<{tag}>", f"<x:{tag}>").replace(f"</{tag}>", f"</x:{tag}>")
    archive("prefixed-elements.xlsx", parts({"Kunden": prefixed}))
    strict = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    archive("strict.xlsx", parts({"Kunden": sheet(TABLE, ns=STRICT)}, ns=STRICT, rel=strict))
    archive("utf-16-parts.xlsx", {k: (v.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16") if "sheet1" in k else v) for k, v in one(TABLE).items()})
    archive("backslashes-and-case.xlsx", {k.replace("/", "\\").replace("sheet1", "SHEET1"): v for k, v in one(TABLE).items()})
    archive("other-folder.xlsx", parts({"Kunden": sheet(TABLE)}, base="data/"))

    # No workbooks, or broken ones.
    archive("letter.docx", {"[Content_Types].xml": "<Types/>", "_rels/.rels": rels([("rId1", REL + "/officeDocument", "word/document.xml")]), "word/document.xml": "<w/>"})
    archive("binary.xlsb", {"_rels/.rels": rels([("rId1", REL + "/officeDocument", "xl/workbook.bin")]), "xl/workbook.bin": "x"})
    archive("pages.numbers", {"Index/Document.iwa": "x"})
    archive("customers.zip", {"kunden.csv": "a;b\n"})
    archive("text.odt.ods", {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"})
    def compound(name):
        directory = b"".join(n.encode("utf-16-le").ljust(128, b"\0") for n in ["Root Entry", name])
        return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(30, b"\0") + struct.pack("<H", 9) + bytes(16) + struct.pack("<I", 0) + bytes(460) + directory.ljust(512, b"\0")
    write("excel-97.xls", compound("Workbook"))
    write("with-password.xlsx", compound("EncryptedPackage"))
    whole = (OUT / "inline-strings.xlsx").read_bytes()
    write("cut-short.xlsx", whole[: len(whole) * 2 // 3])
    broken = bytearray((OUT / "stored-not-deflated.xlsx").read_bytes())
    broken[broken.index(b"Anne") if b"Anne" in broken else broken.index(b"kontakt@")] ^= 1
    write("wrong-checksum.xlsx", bytes(broken))
    archive("not-well-formed.xlsx", parts({"Kunden": sheet(TABLE).replace("</sheetData>", "")}))
    archive("entity-bomb.xlsx", parts({"Kunden": '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + sheet(TABLE).split("\n")[1]}))
    import warnings
    warnings.simplefilter("ignore")
    archive("two-workbooks.xlsx", list(one(TABLE).items()) + [("xl/workbook.xml", "<workbook/>")])
    archive("bomb-of-zeros.xlsx", parts({"Kunden": sheet(TABLE) + "\n" * (40 << 20)}))
    archive("bomb-of-cells.xlsx", parts({"Kunden": f'<worksheet xmlns="{NS}"><sheetData>' + "<row>" + "<c/>" * (1 << 14) + "</row>" + ("<row>" + "<c/>" * 1000 + "</row>") * 2500 + "</sheetData></worksheet>"}))
    archive("value-over-64-kb.xlsx", one(changed("Firma", ["B" * 70_000, "Büro 1", "Büro 2", "Büro 3"])))


OFFICE = ('xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
          'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"')


def ods_cell(value):
    if isinstance(value, Raw): return value
    if value == "": return "<table:table-cell/>"
    return f'<table:table-cell office:value-type="string"><text:p>{esc(value)}</text:p></table:table-cell>'


def ods_rows(table, attributes={}):
    return "".join(f"<table:table-row{attributes.get(i, '')}>" + "".join(map(ods_cell, r)) + "</table:table-row>" for i, r in enumerate(table, 1))


def ods(name, *tables, styles="", extra={}):
    content = (f'<office:document-content {OFFICE}><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>'
               + "".join(tables) + "</office:spreadsheet></office:body></office:document-content>")
    archive(name, {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content, **extra})


def ods_by_hand():
    table = lambda rows, name="Kunden", more="": f'<table:table table:name="{name}"{more}>{rows}</table:table>'
    ods("ods-by-hand.ods", table(ods_rows(TABLE)))
    c = lambda kind, value, text: Raw(f'<table:table-cell office:value-type="{kind}" {value}><text:p>{text}</text:p></table:table-cell>')
    ods("ods-values.ods", table(ods_rows(changed("Kundennummer", [
        c("float", 'office:value="42"', "0000042"), c("float", 'office:value="1234567"', "1.234.567"),
        c("float", 'office:value="123456789012"', "1,23456789012E+011"), c("float", 'office:value="12"', "K-0012")]))))
    ods("ods-dates.ods", table(ods_rows(changed("Firma", [
        c("date", 'office:date-value="2026-11-20"', "20.11.26"), c("date", 'office:date-value="2026-11-20T14:30:00"', "20.11.26 14:30"),
        c("time", 'office:time-value="PT14H30M00S"', "14:30:00"), c("percentage", 'office:value="0.25"', "25 %")]))))
    note = Raw('<table:table-cell office:value-type="string"><office:annotation><text:p>Rückruf</text:p></office:annotation><text:p>Büro<text:s text:c="2"/>'
               'am <text:span>Tor</text:span><office:annotation><text:p>x</text:p></office:annotation></text:p><text:p>Hinterhaus<text:tab/>2</text:p></table:table-cell>')
    ods("ods-annotations-and-paragraphs.ods", table(ods_rows(changed("Firma", [note, "Büro 1", "Büro 2", "Büro 3"]))))
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    ods("ods-repeats-at-the-end.ods", table(ods_rows(TABLE).replace("</table:table-row>", '<table:table-cell table:number-columns-repeated="16373"/></table:table-row>')
        + f'<table:table-row table:number-rows-repeated="1048571">{empty}</table:table-row>'))
    gap = f'<table:table-row table:number-rows-repeated="20">{empty}</table:table-row>'
    ods("ods-gap.ods", table(ods_rows(TABLE[:2]) + gap + ods_rows(TABLE[2:])))
    ods("ods-row-repeated.ods", table(ods_rows(TABLE[:2]) + ods_rows([ROWS[1]]).replace("<table:table-row>", '<table:table-row table:number-rows-repeated="3">')))
    ods("ods-row-repeated-bomb.ods", table(ods_rows(TABLE) + ods_rows([ROWS[1]]).replace("<table:table-row>", '<table:table-row table:number-rows-repeated="1048571">')))
    ods("ods-cells-repeated-bomb.ods", table(ods_rows(TABLE) + '<table:table-row table:number-rows-repeated="10000"><table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row>'))
    hidden = {3: ' table:visibility="collapse"', 4: ' table:visibility="filter"'}
    columns = '<table:table-column/><table:table-column table:number-columns-repeated="2" table:visibility="collapse"/>'
    ods("ods-hidden.ods", table(columns + ods_rows(TABLE, hidden)))
    merged = [Raw(ods_cell("Büro 0").replace("<table:table-cell", '<table:table-cell table:number-rows-spanned="2"')), Raw("<table:covered-table-cell><text:p>verdeckt</text:p></table:covered-table-cell>"), "Büro 2", "Büro 3"]
    ods("ods-covered-cells.ods", table(ods_rows(changed("Firma", merged))))
    ods("ods-first-sheet-hidden.ods", table(ods_rows([["Notiz"]]), "Hilfe", ' table:style-name="ta2"'), table(ods_rows(TABLE)), table(ods_rows([["x"]]), "Rest"),
        styles='<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>')
    ods("ods-with-password.ods", table(""), extra={"META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>'})
    ods("ods-shape-in-a-cell.ods", table('<table:shapes><draw:frame xmlns:draw="d"><table:table><table:table-row><table:table-cell><text:p>Bild</text:p></table:table-cell></table:table-row></table:table></draw:frame></table:shapes>'
        + ods_rows(changed("Firma", [Raw('<table:table-cell office:value-type="string"><draw:frame xmlns:draw="d"><draw:text-box><text:p>Logo</text:p></draw:text-box></draw:frame><text:p>Büro 0</text:p></table:table-cell>'), "Büro 1", "Büro 2", "Büro 3"]))))


def by_programs():
    import openpyxl, xlsxwriter, pandas, pyexcelerate, odf.opendocument, odf.table, odf.text, xlwt
    book = openpyxl.Workbook()
    book.active.title = "Kunden"
    for r in TABLE: book.active.append(r)
    book.active["A2"] = 2000
    book.active["A3"] = 1
    book.active["A3"].number_format = "00000"
    book.active.row_dimensions[4].hidden = True
    book.active["B4"] = datetime.date(2026, 11, 20)
    book.save(OUT / "by-openpyxl.xlsx")
    book = xlsxwriter.Workbook(OUT / "by-xlsxwriter.xlsx")
    page = book.add_worksheet("Kunden")
    for i, r in enumerate(TABLE): page.write_row(i, 0, r)
    page.write_number(1, 0, 42, book.add_format({"num_format": "0000"}))
    page.write_datetime(2, 1, datetime.datetime(2026, 11, 20), book.add_format({"num_format": "dd.mm.yyyy"}))
    page.write_rich_string(3, 1, "Büro ", book.add_format({"bold": True}), "am Tor")
    page.autofilter(0, 0, 4, 10)
    page.filter_column(0, "x != 2003")
    page.set_row(4, options={"hidden": True})
    book.close()
    frame = pandas.DataFrame(ROWS, columns=HEADER)
    frame.to_excel(OUT / "by-pandas.xlsx", index=False, sheet_name="Kunden")
    frame.astype({"Kundennummer": int}).to_excel(OUT / "by-pandas-odf.ods", index=False, engine="odf")
    book = pyexcelerate.Workbook()
    book.new_sheet("Kunden", data=TABLE)
    book.save(str(OUT / "by-pyexcelerate.xlsx"))
    book = xlwt.Workbook()
    page = book.add_sheet("Kunden")
    for i, r in enumerate(TABLE):
        for c, v in enumerate(r): page.write(i, c, v)
    book.save(str(OUT / "by-xlwt.xls"))
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "kunden.csv"
        # Ids and telephone numbers that become numbers, and one that must not.
        table = [HEADER, row(0, Kundennummer="123456789012", Telefon="099995550"), row(1, Kundennummer="4711"), row(2, Firma="20.11.2026"), row(3, Firma="Büro ‚Süd‘ & Söhne")]
        source.write_text("\n".join(";".join(r) for r in table) + "\n", encoding="utf-8")
        if shutil.which("soffice"):
            for form in ["xlsx", "ods"]:
                subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", form,
                                "--infilter=CSV:59,34,76,1,,1031,false,true", "--outdir", folder, source], check=True, capture_output=True)
                shutil.copy(f"{folder}/kunden.{form}", OUT / f"by-libreoffice.{form}")
        if shutil.which("ssconvert"):
            comma = pathlib.Path(folder) / "comma.csv"
            comma.write_text("\n".join(",".join(r) for r in table) + "\n", encoding="utf-8")
            for form, ending in [("Gnumeric_Excel:xlsx2", "xlsx"), ("Gnumeric_OpenCalc:odf", "ods")]:
                subprocess.run(["ssconvert", "-T", form, comma, OUT / f"by-gnumeric.{ending}"], check=True, capture_output=True)


OUT.mkdir(parents=True, exist_ok=True)
by_hand()
ods_by_hand()
if "by-hand" not in sys.argv: by_programs()
