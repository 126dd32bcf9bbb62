import Foundation

@testable import Campaigns

/// Words for customer files in the languages of a German provider's customers: names made of common words, places, streets
/// and what companies are called. Nobody is meant.
struct EncodingWords: Sendable {
  let language: String
  /// Words with letters beyond ASCII.
  let beyond: [String]
  let plain: [String]
  /// The encodings of single bytes in which tables in this language are saved.
  let encodings: [TextEncoding]

  private init(_ language: String, _ encodings: [TextEncoding], _ beyond: String, _ plain: String) {
    self.language = language
    self.encodings = encodings
    self.beyond = beyond.split(whereSeparator: \.isWhitespace).map(String.init)
    self.plain = plain.split(whereSeparator: \.isWhitespace).map(String.init)
  }

  private static let western: [TextEncoding] = [.windows1252, .latin9, .cp850, .macRoman]
  private static let central: [TextEncoding] = [.windows1250, .latin2]

  static let german = EncodingWords(
    "German", western + [.cp437],
    """
    Müller Jäger Größe Krämer Weiß Schäfer Köhler Böttcher Küster Gärtner Schlösser Töpfer Färber Förster Bäcker Rößler
    Schönfeld Grünwald Blümel Königs Löwe Bär Strauß Groß Kühn Schütz Wächter Glöckner Kürschner Stürmer Hübner Brückner
    Münster Köln Düsseldorf Nürnberg Würzburg Göttingen Tübingen Lübeck Osnabrück Saarbrücken Gießen Görlitz Füssen Öhringen
    Übersee Ängelholm Ölmühle Straße Schloßallee Königsweg Mühlenweg Gänsemarkt Bürgersteig Höhenring Frühlingsstraße Südring
    Büro Bücherstube Wäscherei Fußpflege Blütenzauber Möbelhaus Küchenstudio Spätkauf Gewürzhandel Käserei Brauhäusle
    Änne Jörg Günter Jürgen Käthe Björn Sören Bärbel Götz Zoë
    """,
    """
    Schmidt Schneider Fischer Weber Wagner Becker Hoffmann Berlin Hamburg Bremen Kiel Dresden Leipzig Hauptweg Markt Kanzlei
    Praxis Verlag Technik Handel Service Anna Peter Klaus Maria Thomas
    """)
  static let french = EncodingWords(
    "French", western,
    """
    Lefèvre Forêt Châtelain Hélène Rivière Bérénice Crémerie Théâtre Genève Besançon Orléans Nîmes Béziers Évreux Saint-Étienne
    Compiègne Mâcon Alès Thérèse Françoise François Gérard Rémy Loïc Anaïs Benoît Jérôme Zoé Côté Chêne Prés Église Château
    Abbé Pêcheur Boulangère Épicerie Librairie-Café Société Générale Fenêtre Père Frère Forgé Bûcheron Brûlé Noël Maçon Garçon
    Sacré-Cœur Bœuf Sœur
    """,
    """
    Martin Bernard Dubois Petit Moulin Fontaine Paris Lyon Lille Nantes Avenue Place Jardin Maison Atelier Claire Julie
    """)
  static let spanish = EncodingWords(
    "Spanish", western,
    """
    Muñoz Peña Núñez Ibáñez Cañada Montaña Castaño García Martínez López Pérez Sánchez Gómez Jiménez Álvarez Fernández Hernández
    Ávila Cádiz Málaga Córdoba León Jaén Logroño Coruña España Íñigo Óscar Ángel José María Andrés Inés Lucía Belén Sofía
    Panadería Librería Peluquería Construcción Compañía Río Jardín Árbol Plátano Cigüeña Güell
    """,
    "Blanco Moreno Serrano Castillo Torres Madrid Sevilla Valencia Calle Plaza Carmen Pablo Elena Marta Carlos")
  static let italian = EncodingWords(
    "Italian", western,
    """
    Nicolò Forlì Cefalù Città Libertà Caffè Università Società Unità Pietà Virtù Perù Lunedì Venerdì Tivù Però Quantità Cantù
    Bontà Verità Salò Gesù Santità Novità Mondovì Niccolò Nardò Patù
    """,
    "Rossi Bianchi Ferrari Romano Colombo Ricci Marino Greco Roma Milano Torino Napoli Via Piazza Giulia Marco Paolo")
  static let danish = EncodingWords(
    "Danish", western,
    """
    Sørensen Jørgensen Møller Kjær Nørgaard Østergaard Ågård Bækgaard Brøndby Helsingør Århus Næstved Køge Værløse Rødovre Tårnby
    Søndergade Nørregade Åboulevard Æblehave Øresund Smørrebrød Bageriværk Blåbær Rådhus Sjælland Hørsholm Ringkøbing Ærø Børge
    Søren Jørn Åse Pål Bjørk
    """,
    "Hansen Jensen Nielsen Pedersen Larsen Odense Aalborg Esbjerg Torvet Strand Havn Karen Lars Niels")
  static let swedish = EncodingWords(
    "Swedish", western,
    """
    Sjöberg Lindström Åkerlund Öberg Nyström Sandström Björklund Håkansson Åström Hägg Ängström Göteborg Malmö Örebro Västerås
    Linköping Jönköping Umeå Gävle Borås Växjö Storgränd Kungsgård Sjögatan Åsa Göran Björn Märta Håkan Bokhörna Blåklocka
    """,
    "Andersson Karlsson Nilsson Berg Lund Stockholm Uppsala Gatan Torget Anna Erik Karin")
  static let portuguese = EncodingWords(
    "Portuguese", western,
    """
    Gonçalves Conceição Assunção Simões Magalhães Guimarães João Estêvão Patrícia Sérgio Inês Luís Antônio Araújo Brandão Leão
    São Évora Braga-Açores Covilhã Portimão Setúbal Padrão Construções Importação Cabeça Pão Coração Irmãos Irmã Mês Três
    """,
    "Silva Santos Ferreira Pereira Oliveira Costa Lisboa Porto Coimbra Rua Largo Ana Pedro Rui")
  static let polish = EncodingWords(
    "Polish", central,
    """
    Wójcik Kamiński Zieliński Woźniak Dąbrowski Kozłowski Jabłoński Król Wieczorek-Łęcki Wróbel Gołąb Zając Żuraw Jastrzębski
    Łódź Kraków Poznań Gdańsk Wrocław Toruń Białystok Częstochowa Rzeszów Świdnica Żywiec Łomża Małgorzata Michał Paweł Łukasz
    Grażyna Żaneta Święty Kościół Młyn Piękna Źródło Ogród Książka Piwowarów Żółty Mróz Stróż Gąska Pszczółka
    """,
    "Nowak Kowalski Mazur Krawczyk Lublin Katowice Ulica Rynek Anna Piotr Tomasz Ewa")
  static let czech = EncodingWords(
    "Czech", central,
    """
    Dvořák Černý Novotný Procházka Kučera Veselý Horák Němec Pokorný Růžička Beneš Fiala-Jelínek Kříž Šimek Doležal-Žák Říha
    Plzeň Liberec-Ústí Olomouc-Přerov Hradec-Králové České Budějovice Břeclav Děčín Kroměříž Třebíč Žďár Náměstí Dlouhá Široká
    Jiří Tomáš Lukáš Zdeněk Božena Růžena Květa Pekařství Knihkupectví Mlýn Pivovar-Měšťan Dům Světlo
    """,
    "Novak Svoboda Marek Praha Brno Ulice Most Jana Petr Pavel Eva")
  static let turkish = EncodingWords(
    "Turkish", [.windows1254, .latin5],
    """
    Yıldız Yılmaz Öztürk Aydın Özdemir Arslan-Doğan Kılıç Çelik Şahin Güneş Işık Koç Çakır Türk-Kaya Demirtaş Taşçı Bağcı Kuşçu
    İstanbul İzmir Muğla Eskişehir Şanlıurfa Iğdır Ağrı Diyarbakır Çorum Kadıköy Beşiktaş Üsküdar Ayşe Gül-Çiçek Uğur Barış Işıl
    Çarşı Fırın Kitapçı Bahçe Sarı Kırmızı Yeşil Dağ Deniz-Gülü Ağaç
    """,
    "Kaya Demir Kara Ankara Bursa Adana Cadde Sokak Fatma Mehmet Ali Elif")
  static let hungarian = EncodingWords(
    "Hungarian", central,
    """
    Kovács Szabó Tóth Nagy-Mezei Horváth Molnár Németh Szűcs Erdős Szőke Fűtő Győr Győző Hűvös Kőműves Virágbolt Könyvesbolt Pékség
    Székesfehérvár Pécs Debrecen-Nyíregyháza Kőszeg Budaörs Szőlős Erdő Mező Tűzoltó László István Zoltán Erzsébet Jenő Ödön
    Gyöngyös Árpád Szűr Cipőbolt Tüzér Idő
    """,
    "Farkas Balogh Takacs Budapest Szeged Utca Anna Peter Gabor")

  static let all = [
    german, french, spanish, italian, danish, swedish, portuguese, polish, czech, turkish, hungarian,
  ]
}
