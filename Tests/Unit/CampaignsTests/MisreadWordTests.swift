import Files
import TestSupport
import Testing

@testable import Campaigns

/// Words that were read in a wrong encoding once and saved so, and names that look strange and are none of these.
@Suite struct MisreadWordTests {
  private static func words(_ text: String) -> [String] { text.split(whereSeparator: \.isWhitespace).map(String.init) }

  static let misread = words(
    """
    MŸller JŠger Fšrster Schršder Kršger KrŠmer BŸrgermeister Mⁿller JΣger KrΣmer F÷rster Mⁿnch K÷hler Jˆrg M‰rz
    Gro§ Wei§ Strau§ Groá Weiá Strauá Preuá Heiá Grieá Stoá Fuá Ruá Krauá Groáe Straáe Weiámann
    """)

  /// Of many languages, also such of which there are no statistics; common first names, places and words.
  static let names = words(
    """
    Šimek Škoda Šárka Lukáš Dušan Aleš Miloš Staša Božič Kožuh Žák Živković Šumava Škofja Košice Štefan Šmid Šrot Krška Hršak
    Tomšič Grošelj Bršljan Žilina Marš Šebestyén Hašek AutoŠkola
    L'Haÿ L’Haÿ Louÿs Ÿ O‘Neil O'Neil O’Neil
    Jõgi Põld Rõuge Tõnu Võru Kõiv Simões João Conceição Magalhães São Olhão
    Guðrún Sigurður Þór Þórdís Jóhannsdóttir Ísland Ívar Ýr Björk Höfn Akureyri Vestmannaeyjar
    Seán Siobhán Órla Máire Mòrag Siân Núria Lluís Òscar Gal·la Juliá Mauá Ananás Hoá Khoá Noá Maringá Paraná Bogotá Alcalá Sofiá
    Søren Kjær Ærø Åse Ånge Øystein Åkesson Öland Hjørring Bjørnøya Østergaard
    Özil Ünal Gülşen Çelik Şahin Işık Ağaoğlu İzmir Güneş
    Đorđe Ćirić Łódź Wałęsa Żółw Święta Gdańsk Zażółć Jaźń
    Szabó Tóth Erzsébet Győr Fűtő Pécs Ildikó Dvořák Přemysl Řezník Nováková Dobrá Žďár Třebíč
    Bùi Lê Trân Hà Hòa Nguyễn Phạm Vũ Lý
    Αθήνα Μύλος Мария Кузнецова Ελλάς Σigma Δelta αlpha βeta
    Citroën Loïc Anaïs Maëlle Noël Chloë Zoë Hélène François Évreux Île Œuvre Bœuf
    Ángel Íñigo Ávila Óscar Muñoz Ibáñez Güell Cigüeña
    Weißmüller ÖKO-Bär GRÖßE GROẞ BioÖkonomie GrünÖl McÉnery DeÁngelis Foto×Film A×B Recht§Team …und €uro
    Košir Raškaj Mežgec Jakš Vršič Držman Šparovec Žvan Šfera Augšsorbu Tukšs apakšraksts hindština maršrutas ntšha Tšhehhi tumšzils šryft
    """)

  @Test(arguments: misread) func aMisreadWordIsFound(_ word: String) {
    // Some of what arises is a sign that no word has in any encoding.
    let signs: Set<Unicode.Scalar> = ["÷", "‰"]
    let expected: TextDoubt = word.unicodeScalars.contains(where: signs.contains) ? .oddCharacter : .misread
    #expect(TextDoubt(in: word, isName: true) == expected)
    #expect(TextDoubt(in: "Haus \(word) & Co", isName: false) == expected)
  }

  @Test(arguments: names + EncodingWords.all.flatMap { $0.beyond + $0.beyond.map { $0.uppercased() } })
  func aNameIsNone(_ name: String) { #expect(TextDoubt(in: name, isName: true) == nil) }

  /// Line ends of every kind are counted as the table reader and an editor count them.
  @Test func linesAreCountedWithEveryEnd() throws {
    let folder = try TemporaryFolder()
    for (text, line) in [("a\rb\rx", 3), ("a\r\nb\r\nx", 3), ("a\r\r\nb\r\r\nx", 3), ("a\n\nx", 3), ("a\r\rx", 3)] {
      let file = try RandomAccessFile(folder.write(Array(text.utf8), to: "kunden.csv"))
      #expect(
        try FileBytes(file: file, name: "kunden.csv").line(at: text.utf8.count - 1) == line, "\(text.debugDescription)")
    }
    // A piece ends between CR and LF.
    let start = String(repeating: "a", count: 4095) + "\r\nx"
    let file = try RandomAccessFile(folder.write(Array(start.utf8), to: "kunden.csv"))
    #expect(try FileBytes(file: file, name: "kunden.csv").line(at: start.utf8.count - 1) == 2)
  }
}
