/// How often each letter beyond ASCII occurs, and between which letters, in names, places and common words of German, French,
/// Spanish, Italian, Portuguese, Dutch, Polish, Czech, Slovak, Croatian, Hungarian, Romanian, Turkish and the Scandinavian
/// languages.
///
/// All are costs in bits: 3 is one of eight, 10 is one of a thousand. An ř stands in few words, but nearly always beside
/// a vowel; an ø is as rare, and stands between consonants. That tells `Dvořák` from `Dvoøák` and `Jørgen` from `Jřrgen`.
struct LetterStatistics {
  /// The cost of a letter that is in no table: one that none of these languages has.
  static let unknown = 34
  /// The cost of a neighbour that is not in a letter's table.
  private static let rareNeighbour = 11

  static let shared = LetterStatistics()

  private struct Letter {
    var cost: Int
    var before: [Int]
    var after: [Int]
  }

  /// By the number of the letter.
  private var letters = [Letter?](repeating: nil, count: LetterStatistics.end)
  /// The letters, their neighbours, and all that is asked for often, are below it.
  private static let end = 0x460

  private init() {
    for line in Self.table.split(separator: "\n") {
      let parts = line.split(separator: " ")
      guard parts.count == 4, let letter = parts[0].unicodeScalars.first, let cost = Int(parts[1]) else { continue }
      letters[Int(letter.value)] = Letter(cost: cost, before: Self.costs(parts[2]), after: Self.costs(parts[3]))
    }
  }

  /// The costs of neighbours, each digit being that of the neighbours behind it: `2lr3k`.
  private static func costs(_ text: Substring) -> [Int] {
    var costs = [Int](repeating: rareNeighbour, count: 29)
    var cost = 0
    for scalar in text.unicodeScalars {
      if let digit = Int(String(scalar)) { cost = digit } else { costs[place(of: scalar)] = cost }
    }
    return costs
  }

  /// The place of a neighbour in a table: the end of the word, the letters of ASCII, other vowels, other consonants.
  private static func place(of neighbour: Unicode.Scalar) -> Int {
    switch neighbour {
    case "a"..."z": Int(neighbour.value) - 0x60
    case "A"..."Z": Int(neighbour.value) - 0x40
    case "+": 27
    case "*": 28
    default:
      neighbour.value < end ? places[Int(neighbour.value)] : placeBeyondASCII(of: neighbour)
    }
  }

  private static let places = (0..<end).map { (value: Int) in
    value < 0x80 ? 0 : Unicode.Scalar(UInt32(value)).map(placeBeyondASCII) ?? 0
  }

  private static func placeBeyondASCII(of neighbour: Unicode.Scalar) -> Int {
    vowels.contains(neighbour) ? 27 : neighbour.properties.isAlphabetic ? 28 : 0
  }

  private static let vowels = Set(
    "áàâäãåæăāąéèêëěęíìîïıóòôöõőøœúùûüůűýÿÁÀÂÄÃÅÆĂĀĄÉÈÊËĚĘÍÌÎÏİÓÒÔÖÕŐØŒÚÙÛÜŮŰÝŸ".unicodeScalars)

  /// The cost of `letter`, in lower case, between these characters.
  func cost(of letter: Unicode.Scalar, after previous: Unicode.Scalar, before next: Unicode.Scalar) -> Int {
    guard letter.value < Self.end, let known = letters[Int(letter.value)] else { return Self.unknown }
    return known.cost + known.before[Self.place(of: previous)] + known.after[Self.place(of: next)]
  }

  // Each line: a letter, its cost, those of the letters before it, those of the letters behind it. `^` is the end of a
  // word, `+` a vowel beyond ASCII, `*` a consonant beyond ASCII.
  private static let table = """
    ä 3 3hlrt4fmw5^bgjkns6+dpvz8cei 2n3rt4cghlsu5^dfm6+7bik8pvy9eo
    ö 3 3hr4^fgklmt5bdnsvw6jpz7iy8o9e 2r3ns4cfhlt5dgkm6bpvz7*^8jwy9aix
    é 3 3drt4^lmns5cghpv6bfiku7oz8+jy9ax 2^3ers4clnt5dgmpv6abfo7hkq8+iuz9j
    ü 3 3^fr4bhklmt5dgnswz6j7p8*y 3bchnr4lst5dg6m7*^fkp8yz9ev
    á 4 3rv4klmnt5^bdisz6cghjp7*fu8ey9o 2^3nr4lst5*bcgkmv6dfz7hjp8eu9iqx
    à 5 1t2r7^ilno8fsv9dp 1^
    í 5 3nr4*cdlt5agjmsuv6^befpz7ho8k9+iy 2^a4cmnst5*dkrv6bglo7fhpqz8ej
    ó 5 2i3rt4l5cdgkmnpz6*^bejsw7fhvy9x 2^n3w4r5*dgls6bcjmpt7fikvz8x
    ı 5 3*lnrs4dkmty6cpz7^bfg8h9v 2^n3*4klmr5yz6s7cdpt8f
    ø 5 3fjlrs4^ht5bdkmn6g7ipv 2r4dklnsvy5^bgjmt6efp9hi
    è 6 2i3hlr4ns5bcdgmtu6fopv7^j8z9wy 2r3^ns4gltv5m6cdq7bz8i
    ç 6 2a3^n4eir5u6+klo7*cpt8h9s 1+2a3o4ei5^lu6m7t9bks
    ł 6 2a4^ios5+degkpuyz6bmw7chrt 2ao3^4+euy5k6cn7bt8dp9*gmswz
    ć 6 1i2a3e4*5uy6+^o8p9kr 1^4aei6nu7ko8w9m
    č 6 2i3^a4eou5+nr6jlv7*b8kmpy9dt 2e3aikn4^5+ou7lt8jrsv9cm
    š 6 2^3aeiou4+r5v6jnpy7k8*lmt9bdz 3eikt4+^ano5*l6puv8ms9cr
    å 6 3^gr4hlmpstv5bkn6d7+ef8j 2r3ln4^dest5bgkp6v7+fm8h
    æ 6 3lrv4bfjknst5^hm6dgp8e9c 1r3n4gklst5bdv6m7^f8ep9aco
    ă 6 2t3cr4lmnpsz5*bdgv7f8u9h 1^3r4*t5lms6cdinpuz7bg8v9j
    ë 7 1i3eo5a9u 1^2n3lr6eit7vx9dfyz
    ã 7 1*3s4rt5dhim6cglv7efjnp8bouxz 1o4^6e7s
    ò 7 1r3t4cilnv5dmps6u7egz 1^
    ś 7 2^o3e4aiy5ju6+8mprw9h 2c3*^lw4mn5kr6p9b
    ą 7 2j3inz4*5cdklrstw6bm7g9fp 1^2c3d4*5gstz6bp7k
    ę 7 2i3jz4knrt5*bdlmpw6cg7hs 1^3cd4*gkpt5bs6z7l
    ž 7 3^aeou4+dir6n7l8my9v 2ei3an4+5^ou6bdk7*jlms8r9cv
    ş 7 2+a3^i4eu5r6o8hklmnvy 3+^ait4elm5ku7*8horsvy9bcg
    ğ 7 2+a3eiou9^ 2+i3u4alr5e6^dm8bcz9*os
    ț 7 2an3i4+ceu5^or6lp7bms 1i3e4+a5u6^
    ê 8 2r4dghnptuv5bcilm6^f7sz9o 1n2t3s4^cm5lv6q7pux8bderz
    ß 8 2ai3+eou 1^2e4b5flnw
    ï 8 1ae3o4u 2n3st4deq5^lmr6bc7afv8w
    î 8 1^2a5o6e7bdgrt8cmnsu9p 1n3mt5l6c7^8ir
    â 8 3lrtw4cgmp5^bfhnvz6dks7+u8*9i 1n3lt4cm5r6*7^giu8bdsyz9pq
    ñ 8 1a2e3i4+u5o9^ 1a2o3e4i5+7u9^
    ú 8 2^4hmnprst5abcdjlz6egiky7*f8v 3lns4*^bdrt5acjmpz6gkv7eh8f9o
    ż 8 2^3+aeo4u5diy6r7*n8lm9jk 2y3aen4+^o5ksu6bdl7c8mw9i
    ě 8 2nv3dmt4b5p 2^3ln4*djt5kmrsz6chv7p9b
    ř 8 1p3+t4^o5abdek6hvy7imuz 1e2+i5^a6os7k8bnuv9m
    ý 8 2knv4lt5bmr6dh7s8z9p 1^2c3m5*rsv6bdhkntz7jlp9u
    ș 8 2e3^aiu4+o5n6r8cl 1t3ei4^aou5c6n7+m
    ô 9 2r3ct4dhlmnp5v6^abf7sz8gk9j 2mnt3l4^5s6pr7av8*do
    ì 9 3dlru4cmnps5btv 1^6pt
    õ 9 1*3s5iprt6hlmx7e8cdg9nz 1e
    ń 9 2aeo3i4y5u9* 1^2cs7k
    ů 9 3dkrt4chlmnp5*vz6js7b9g 1^4*msv5jlrz6cd7knt8bh
    ő 9 2t3dlrz4bn5fsvy6^ghk7p9m 2^3ls4dkrt5bijnvz6ae7+fm8ghop9c
    đ 9 2ao3e4^ru5in7*8g 1e2a3u4i6o8^ms
    û 10 2ho3kmr4s5f6bdelq 2st3blnr6^c7m
    ù 10 2it3bds5glnr7o 1^
    ź 10 2ad3+eo4^5u6by7i 1n3^d4clmw5r6*bk8e
    ň 10 2ae3+o4*i5lruvy6dhs7^bjt8pz9m 2ao3^4ksu5+6t8cmv
    ľ 11 2eo3^a4+u5dk6hip7*b8gmrsvz 2ao3u4^kns5*6+7j8dgp
    İ 11 1^6b 2l3*mns4z5dhk6bgprvy
    ű 11 2m3rty5bfghnsz6^djk7lv9p 2^3nv4krsz5bejlt6fh7ac9+g
    œ 12 2^3n4bchsv5fm 1u5it
    ť 12 1*3s4+ao5^eru6iy8hp 1a2^3o4+5su6k7mt
    ď 12 1^2a4*e5+jloru7i 2au3^o4+t7m8k
    ð 12 2+i3ar4u5e6go7fy 2^u3ai4s5blrv6fgmn7hj8*+dekt
    þ 14 1^4n5+gl6*afmrt7disuy8k9p 1+3jor4ei5auy7v9^
    """
}
