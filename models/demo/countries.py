"""Words for made-up people and companies of many countries: lists only, no names of anyone real.

A word in another script stands with its Latin form after a slash, `佐藤/sato`: user names, e-mail
addresses and most domains are made of that. In patterns, `#` is any digit and `{}` the family name.

Telephone numbers are of the ranges that each country's regulator keeps for film and books, such as
Ofcom's 020 7946 0000 to 0999, the Bundesnetzagentur's 030 23125 000 to 999 and the 555-0100 to
0199 of North America. Where no such range is known, people have no telephone.
"""

from dataclasses import dataclass

from models.text import fold


@dataclass(frozen=True, slots=True)
class Word:
    """A name as its bearer writes it, and in plain Latin letters."""

    native: str
    latin: str


@dataclass(frozen=True, slots=True)
class Place:
    """A town, with the patterns of its postcodes and telephone numbers."""

    city: str
    region: str
    postcode: str
    phone: str


@dataclass(frozen=True, slots=True)
class Country:
    """A country that customers come from; `share` is how many of a hundred and some they are."""

    code: str
    currency: str
    share: int
    given: tuple[Word, ...]
    family: tuple[Word, ...]
    companies: tuple[Word, ...]
    streets: tuple[str, ...]
    places: tuple[Place, ...]
    family_first: bool = False


def _words(text: str) -> tuple[Word, ...]:
    """Return the words of a list; a word without a Latin form is its own, without accents."""
    pairs = (entry.strip().partition("/") for entry in text.split(","))
    return tuple(Word(native, latin or fold(native)) for native, _, latin in pairs)


def _places(*lines: str) -> tuple[Place, ...]:
    """Return places from lines of `city; region; postcode; phone`."""
    return tuple(Place(*(part.strip() for part in line.split(";"))) for line in lines)


COUNTRIES = (
    Country(
        "US",
        "USD",
        22,
        _words(
            "Ava, Noah, Grace, Liam, Maya, Ethan, Chloe, Owen, Hazel, Caleb, Zoë, Marcus, Tanya, "
            "José, Priya, Wei, Denise, Walter"
        ),
        _words(
            "Miller, Carter, Nguyen, Brooks, Rivera, Foster, Patel, Hughes, Ramírez, Coleman, "
            "Bennett, Kowalski, O'Neal, Whitaker, Okafor, Larsen, Delgado, Stone"
        ),
        _words(
            "{} Roofing LLC, {} Family Dentistry, {} & Sons Hardware, {} Landscaping, "
            "{} Law Group, {} Auto Body, {} Realty, {} Coffee Roasters, {} Plumbing Inc., "
            "{} Photography, {} Pet Clinic, {} Bike Shop"
        ),
        ("# Main Street", "1## Maple Avenue", "2## Harbor Road", "## Lakeview Drive", "4## Elm St"),
        _places(
            "Portland; OR; 972##; +1 503 555 01##",
            "Austin; TX; 787##; +1 512 555 01##",
            "Chicago; IL; 606##; +1 312 555 01##",
            "Boston; MA; 021##; +1 617 555 01##",
            "Seattle; WA; 981##; +1 206 555 01##",
            "Denver; CO; 802##; +1 303 555 01##",
        ),
    ),
    Country(
        "DE",
        "EUR",
        18,
        _words(
            "Anke, Björn, Carolin, Dieter, Elif, Frank, Gisela, Henning, Jörg, Käthe, Lukas, "
            "Marlene, Nils, Renate, Sören, Ute, Volker, Yasemin"
        ),
        _words(
            "Müller, Schäfer, Köhler, Weiß, Groß, Vogel, Brandt, Yılmaz, Krüger, Böhm, Lindner, "
            "Haas, Ziegler, Jäger, Öztürk, Thoma, Petersen, Weber"
        ),
        _words(
            "Bäckerei {}, {} Gartenbau GmbH, Zahnarztpraxis {}, Optik {}, Autohaus {} GmbH, "
            "{} Bau GmbH & Co. KG, Tischlerei {}, Hotel {}, Steuerberatung {}, Weingut {}, "
            "Blumen {}, Fahrräder {}"
        ),
        ("Hauptstraße ##", "Lindenweg #", "Am Markt #", "Schillerstraße 1#", "Mühlgasse 2#"),
        _places(
            "Berlin; ; 10###; +49 30 23125 ###",
            "Hamburg; ; 20###; +49 40 66969 ###",
            "Köln; ; 50###; +49 221 4710 ###",
            "München; ; 80###; +49 89 99998 ###",
            "Frankfurt am Main; ; 60###; +49 69 90009 ###",
        ),
    ),
    Country(
        "GB",
        "GBP",
        14,
        _words(
            "Alice, Gareth, Imogen, Callum, Siân, Hamish, Nadia, Oliver, Poppy, Rhys, Sunita, "
            "Tobias, Fiona, Kwame, Bronwen, Edmund"
        ),
        _words(
            "Ashworth, Pritchard, Fairbairn, Singh, Harding, MacKenzie, Ellwood, Barlow, Okonkwo, "
            "Thornbury, Cartwright, Llewellyn, Begum, Whitfield, Marsh, Pemberton"
        ),
        _words(
            "{} & Daughters Ltd, The {} Arms, {} Solicitors LLP, {} Veterinary Surgery, "
            "{} Books, {} Joinery Ltd, {} Nurseries, {} Accountants, {} Bakehouse, {} Cycles, "
            "{} Cottage Holidays, {} Heating Ltd"
        ),
        ("# High Street", "## Station Road", "# Mill Lane", "1## Victoria Road", "The Old Dairy"),
        _places(
            "London; ; N1 #BX; +44 20 7946 0###",
            "Manchester; ; M2 #HY; +44 161 496 0###",
            "Bristol; ; BS1 #QD; +44 117 496 0###",
            "Edinburgh; ; EH1 #RE; +44 131 496 0###",
            "Cardiff; ; CF10 #BH; +44 29 2018 0###",
            "Leeds; ; LS1 #AB; +44 113 496 0###",
        ),
    ),
    Country(
        "FR",
        "EUR",
        9,
        _words(
            "Amélie, Benoît, Chloé, Didier, Élodie, François, Gaëlle, Hervé, Inès, Jérôme, "
            "Léa, Mathéo, Noémie, Rémi, Zaïd"
        ),
        _words(
            "Lefèvre, Moreau, Bérenger, Dubois, Garnier, Fauré, Le Goff, Mercier, Chevalier, "
            "Perrin, Benali, Rousseau-Blanc, Tessier, Gauthier"
        ),
        _words(
            "Boulangerie {}, Atelier {} SARL, Cabinet {}, Domaine {}, Fromagerie {}, "
            "Menuiserie {}, Librairie {}, {} Immobilier, Garage {}, Pépinières {}"
        ),
        (
            "# rue de la République",
            "1# avenue Jean-Jaurès",
            "## rue des Écoles",
            "# place du Marché",
        ),
        _places(
            "Paris; ; 750##; +33 1 99 00 ## ##",
            "Nantes; ; 44#00; +33 2 61 91 ## ##",
            "Strasbourg; ; 67#00; +33 3 53 01 ## ##",
            "Lyon; ; 6900#; +33 4 65 71 ## ##",
            "Toulouse; ; 31#00; +33 5 36 49 ## ##",
        ),
    ),
    Country(
        "CH",
        "CHF",
        8,
        _words(
            "Beat, Céline, Domenico, Regula, Urs, Nadine, Reto, Sandrine, Ruedi, Vreni, Luca, Aline"
        ),
        _words(
            "Ammann, Bühler, Favre, Zürcher, Rossi, Gerber, Wüthrich, Chappuis, Bernasconi, "
            "Stöckli, Lüthi, Egger"
        ),
        _words(
            "{} Treuhand AG, Schreinerei {}, Garage {}, Käserei {}, Praxis Dr. {}, {} Uhren AG, "
            "Gasthof {}, Sport {}"
        ),
        ("Bahnhofstrasse ##", "Dorfstrasse #", "Rue du Lac 1#", "Seestrasse 2##", "Via Nassa #"),
        _places(
            "Zürich; ZH; 80##; ",
            "Bern; BE; 30##; ",
            "Lausanne; VD; 100#; ",
            "Lugano; TI; 690#; ",
        ),
    ),
    Country(
        "JP",
        "JPY",
        8,
        _words(
            "さくら/sakura, 健太/kenta, 美咲/misaki, 翔/sho, 陽子/yoko, 大輔/daisuke, 結衣/yui, "
            "拓也/takuya, 真由美/mayumi, 浩/hiroshi"
        ),
        _words(
            "佐藤/sato, 鈴木/suzuki, 高橋/takahashi, 田中/tanaka, 渡辺/watanabe, 伊藤/ito, "
            "山本/yamamoto, 中村/nakamura, 小林/kobayashi, 加藤/kato, 吉田/yoshida, 松本/matsumoto"
        ),
        _words(
            "株式会社{}製作所/{} seisakusho, {}歯科医院/{} dental, {}写真館/{} photo, "
            "有限会社{}酒店/{} saketen, {}建築設計事務所/{} sekkei, 旅館{}/ryokan {}, "
            "{}製菓株式会社/{} seika"
        ),
        ("中央1丁目#-#", "本町2丁目#-1#", "桜木町##", "南三条#-#"),
        _places(
            "東京; 東京都; 100-00##; ",
            "大阪; 大阪府; 530-00##; ",
            "札幌; 北海道; 060-00##; ",
            "福岡; 福岡県; 810-00##; ",
        ),
        family_first=True,
    ),
    Country(
        "SE",
        "SEK",
        7,
        _words(
            "Åsa, Björn, Cecilia, Göran, Håkan, Ingrid, Jörgen, Linnéa, Måns, Nils, Örjan, Ebba, "
            "Amir"
        ),
        _words(
            "Lindström, Ekberg, Sjögren, Åkesson, Nyström, Wallin, Hedlund, Björk, Öberg, Falk, "
            "Haddad, Norén"
        ),
        _words(
            "{} Bygg AB, {}s Bageri, Tandläkare {}, {} Fastigheter AB, Hotell {}, {} Snickeri, "
            "{} Trädgård AB, Båtvarvet {}"
        ),
        ("Storgatan ##", "Kungsgatan 1#", "Björkvägen #", "Hamngatan 2#"),
        _places(
            "Stockholm; ; 111 ##; +46 8 465 004 ##",
            "Göteborg; ; 411 ##; +46 31 390 06 1#",
            "Malmö; ; 211 ##; +46 40 628 04 1#",
        ),
    ),
    Country(
        "KW",
        "KWD",
        5,
        _words(
            "نورة/noura, خالد/khaled, فاطمة/fatima, يوسف/yousef, مريم/maryam, عبدالله/abdullah, "
            "ليلى/layla, حسن/hassan"
        ),
        _words(
            "العتيبي/alotaibi, الرشيدي/alrashidi, المطيري/almutairi, الشمري/alshammari, "
            "العنزي/alenezi, الكندري/alkandari, الحداد/alhaddad"
        ),
        _words(
            "شركة {} للتجارة/{} trading, مؤسسة {} للمقاولات/{} contracting, عيادة {}/{} clinic, "
            "مخبز {}/{} bakery, {} للعقارات/{} realestate"
        ),
        ("شارع الخليج العربي #", "شارع السالم ##", "قطعة #، شارع 1#"),
        _places(
            "الكويت; العاصمة; 13###; ",
            "حولي; حولي; 32###; ",
            "السالمية; حولي; 22###; ",
        ),
    ),
    Country(
        "UA",
        "UAH",
        5,
        _words(
            "Олена/olena, Тарас/taras, Ірина/iryna, Андрій/andrii, Наталія/nataliia, Юрій/yurii, "
            "Оксана/oksana, Дмитро/dmytro, Соломія/solomiia"
        ),
        _words(
            "Коваленко/kovalenko, Бондаренко/bondarenko, Ткаченко/tkachenko, Савчук/savchuk, "
            "Мельник/melnyk, Гриценко/hrytsenko, Поліщук/polishchuk, Лисенко/lysenko"
        ),
        _words(
            "ТОВ {} і партнери/{} partners, Пекарня {}/pekarnia {}, Стоматологія {}/{} dent, "
            "Книгарня {}/knyharnia {}, ТОВ {} Буд/{} bud, Кав'ярня {}/kaviarnia {}"
        ),
        ("вул. Садова, ##", "просп. Свободи, 1#", "вул. Шевченка, #"),
        _places(
            "Київ; ; 01###; ",
            "Львів; ; 790##; ",
            "Одеса; ; 650##; ",
        ),
    ),
    Country(
        "PL",
        "PLN",
        5,
        _words(
            "Łucja, Paweł, Małgorzata, Michał, Żaneta, Grzegorz, Róża, Sławomir, Bożena, Jędrzej"
        ),
        _words("Nowak, Wójcik, Krawczyk, Mazur, Woźniak, Pająk, Dąbek, Żak, Śliwa, Gołąb, Łyżwa"),
        _words(
            "Piekarnia {}, {} Meble sp. z o.o., Kancelaria {}, Gabinet {}, Pensjonat {}, "
            "{} Transport, Kwiaciarnia {}"
        ),
        ("ul. Długa ##", "ul. Kościelna #", "al. Niepodległości 1##", "ul. Źródlana 2#"),
        _places(
            "Warszawa; ; 00-###; ",
            "Kraków; ; 30-###; ",
            "Łódź; ; 90-###; ",
            "Gdańsk; ; 80-###; ",
        ),
    ),
    Country(
        "IE",
        "EUR",
        4,
        _words("Aoife, Ciarán, Niamh, Séamus, Róisín, Pádraig, Gráinne, Declan, Síle, Eoghan"),
        _words("Ó Briain, Byrne, Ní Dhúill, Kavanagh, Walsh, MacCarthy, Doyle, Hennessy, Quirke"),
        _words("{}'s Bakery, {} Auctioneers, {} Equine Ltd, {} Bros. Builders, The {} Hotel"),
        ("# Main Street", "## Abbey Road", "# Quay Street", "1# Patrick Street"),
        _places(
            "Dublin; ; D02 X#8#; +353 20 91# ####",
            "Cork; ; T12 W#3#; +353 20 91# ####",
            "Galway; ; H91 K#2#; +353 20 91# ####",
        ),
    ),
    Country(
        "ES",
        "EUR",
        4,
        _words("Begoña, Íñigo, Lucía, Andrés, Núria, Óscar, Pilar, Joaquín, Aitana, Raúl"),
        _words("García, Muñoz, Ibáñez, Peña, Vázquez, Carreño, Etxeberria, Puig, Román, Núñez"),
        _words(
            "Panadería {}, Clínica {}, Bodegas {} S.L., Talleres {}, {} Abogados, Librería {}, "
            "Cerámicas {}"
        ),
        ("Calle Mayor, ##", "Avenida de la Constitución, 1#", "Plaza Nueva, #", "Carrer Ample, #"),
        _places("Madrid; ; 280##; ", "Sevilla; ; 410##; ", "Barcelona; ; 080##; "),
    ),
    Country(
        "CA",
        "CAD",
        4,
        _words("Étienne, Maude, Logan, Harpreet, Geneviève, Tyler, Simone, Kateri, Wyatt, Mei"),
        _words("Tremblay, Gagnon, MacLeod, Sandhu, Bouchard, Fraser, Wong, Côté, Lavoie, Redsky"),
        _words(
            "{} Outfitters Ltd., Érablière {}, {} Dental, {} Renovations, Boutique {}, {} Orchards"
        ),
        ("1## King Street W", "## rue Sainte-Catherine", "# Granville Street", "2## Elgin Street"),
        _places(
            "Toronto; ON; M5V #K#; +1 416 555 01##",
            "Montréal; QC; H2X #L#; +1 514 555 01##",
            "Vancouver; BC; V6B #E#; +1 604 555 01##",
        ),
    ),
    Country(
        "TR",
        "TRY",
        3,
        _words("Ayşe, Çağlar, Gülşen, İsmail, Özlem, Şükrü, Ümit, Zeynep, Oğuz"),
        _words("Yıldız, Çelik, Şahin, Aydın, Güneş, Kılıç, Doğan, Işık, Erdoğdu"),
        _words("{} Mobilya, {} İnşaat Ltd. Şti., Otel {}, {} Diş Kliniği, {} Çiçekçilik"),
        ("Atatürk Caddesi No: ##", "Gül Sokak No: #", "İstiklal Caddesi No: 1#"),
        _places("İstanbul; ; 34###; ", "İzmir; ; 35###; ", "Ankara; ; 06###; "),
    ),
    Country(
        "RS",
        "RSD",
        2,
        _words("Милица/milica, Никола/nikola, Јована/jovana, Стефан/stefan, Љиљана/ljiljana"),
        _words("Јовановић/jovanovic, Петровић/petrovic, Илић/ilic, Ђорђевић/djordjevic"),
        _words("Пекара {}/pekara {}, {} Инжењеринг/{} inzenjering, Апотека {}/apoteka {}"),
        ("Кнеза Милоша ##", "Булевар ослобођења 1#", "Змај Јовина #"),
        _places("Београд; ; 11###; ", "Нови Сад; ; 21###; "),
    ),
    Country(
        "KR",
        "KRW",
        2,
        _words("민준/minjun, 서연/seoyeon, 지훈/jihun, 하은/haeun, 수진/sujin"),
        _words("김/kim, 이/lee, 박/park, 최/choi, 정/jung, 강/kang"),
        _words("{}치과/{} dental, 주식회사 {}디자인/{} design, {}베이커리/{} bakery"),
        ("테헤란로 1##", "중앙로 ##", "해운대로 2##"),
        _places("서울; ; 06###; ", "부산; ; 48###; "),
        family_first=True,
    ),
    Country(
        "IL",
        "ILS",
        2,
        _words("נועה/noa, איתי/itai, תמר/tamar, יונתן/yonatan, שירה/shira"),
        _words("לוי/levi, מזרחי/mizrahi, פרידמן/friedman, אזולאי/azoulay, ברק/barak"),
        _words("מאפיית {}/{} bakery, {} אדריכלים/{} architects, מרפאת {}/{} clinic"),
        ("רחוב הרצל ##", "שדרות רוטשילד #", "רחוב יפו 1#"),
        _places("תל אביב; ; 61#####; ", "חיפה; ; 31#####; "),
    ),
    Country(
        "AU",
        "AUD",
        3,
        _words("Bonnie, Lachlan, Matilda, Jarrah, Tahlia, Darcy, Minh, Georgina"),
        _words("Hargreaves, Tran, Kirkwood, Bannister, Papadakis, Marlow, Sheridan, Burrows"),
        _words("{} Surf School, {} Pastoral Co., {} Pools Pty Ltd, {} Winery, {} Physio"),
        ("1# George Street", "## Beach Road", "# Acacia Court"),
        _places(
            "Sydney; NSW; 20##; +61 2 5550 ####",
            "Melbourne; VIC; 30##; +61 3 5550 ####",
            "Brisbane; QLD; 40##; +61 7 5550 ####",
        ),
    ),
    Country(
        "NO",
        "NOK",
        2,
        _words("Øyvind, Ragnhild, Bjørn, Solveig, Håvard, Åse, Torbjørn, Kjersti"),
        _words("Sørensen, Bakke, Lunde, Nygård, Ødegård, Bråten, Hovland"),
        _words("{} Sjømat AS, {} Regnskap AS, {} Hytteutleie, Tannlege {}, Rørlegger {}"),
        ("Storgata ##", "Kirkeveien #", "Strandgaten 1#"),
        _places("Oslo; ; 01##; ", "Bergen; ; 50##; ", "Tromsø; ; 90##; "),
    ),
    Country(
        "GR",
        "EUR",
        2,
        _words("Γιώργος/giorgos, Νίκος/nikos, Κώστας/kostas, Σπύρος/spyros, Θανάσης/thanasis"),
        _words("Παπαδάκης/papadakis, Βλάχος/vlachos, Καραγιάννης/karagiannis, Ζέρβας/zervas"),
        _words("Ταβέρνα {}/taverna {}, {} Τεχνική Α.Ε./{} techniki, Ξενοδοχείο {}/hotel {}"),
        ("Ερμού ##", "Αγίου Νικολάου #", "Πανεπιστημίου 1#"),
        _places("Αθήνα; ; 105 ##; ", "Θεσσαλονίκη; ; 546 ##; "),
    ),
)
