"""Words of which the made-up company is put together; names of people come from the demo."""

from typing import Final

from models.demo.countries import COUNTRIES


def _distinct(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


GIVEN: Final = _distinct([word.native for country in COUNTRIES for word in country.given])
FAMILY: Final = _distinct([word.native for country in COUNTRIES for word in country.family])

COMPANIES: Final = tuple(
    f"{{}} {kind}"
    for kind in (
        "GmbH", "Ltd", "Inc", "& Sons", "Bakery", "Studio", "Consulting", "Logistics", "Dental",
        "Law", "Print", "Garden Centre", "IT Services", "Shop", "Café", "Travel", "Motors",
        "Media", "Optik", "Möbel", "Energie AG", "Holding", "Foods", "Pharma", "Design", "Werbung",
        "Records",
    )
)  # fmt: skip

WORDS: Final = (
    "shop", "web", "book", "garden", "house", "studio", "print", "coffee", "bike", "photo",
    "music", "travel", "dental", "legal", "motor", "green", "blue", "red", "north", "south",
    "river", "stone", "cloud", "data", "smart", "fast", "easy", "home", "art", "wine", "tea",
    "bread", "cake", "flower", "hotel", "yoga", "fit", "sport", "ski", "surf", "sail", "horse",
    "dog", "cat", "pet", "kids", "baby", "toy", "game", "movie", "radio", "news", "press",
    "media", "pixel", "code", "soft", "tech", "net", "host", "mail", "server", "domain",
    "office", "desk", "chair", "lamp", "light", "sun", "moon", "star", "sky", "rain", "snow",
    "wind", "wood", "steel", "iron", "gold", "silver", "pearl", "jewel", "watch", "shoe", "bag",
    "dress", "style", "hair", "nail", "skin", "care", "clinic", "doctor", "nurse", "pharma",
    "lab", "bio", "eco", "farm", "field", "forest", "lake", "beach", "island", "mountain",
    "valley", "bridge", "castle", "tower", "market", "store", "trade", "outlet", "import",
    "cargo", "truck", "taxi", "auto", "tyre", "parts", "repair", "build", "roof", "floor",
    "wall", "door", "window", "kitchen", "bath", "pool", "sauna", "heat", "solar", "power",
    "energy", "water", "gas", "oil", "chem", "plastic", "paper", "pack", "label", "design",
    "draw", "paint", "craft", "knit", "sew", "tailor", "bakery", "butcher", "fish", "fruit",
    "organic", "vegan", "burger", "pizza", "sushi", "grill", "bar", "club", "dance", "event",
    "party", "wedding", "gift", "card", "school", "learn", "train", "coach", "tutor", "essay",
    "bank", "fund", "tax", "audit", "law", "notary", "estate", "rent", "lease", "invest",
    "wealth", "union", "church", "charity",
)  # fmt: skip

SYLLABLES: Final = tuple(
    consonant + vowel + ending
    for consonant in (*"bdfghklmnprstvz", "br", "st", "tr")
    for vowel in "aeiou"
    for ending in ("", "n", "r", "l", "x")
)

# As frequent as the endings of real domains, but longer: no word begins as they do.
ENDINGS: Final = (
    ".example", ".example", ".example", ".example", ".com.example", ".com.example", ".com.example",
    ".de.example", ".net.example", ".shop.example", ".test", ".io.test",
)  # fmt: skip

SUBDOMAINS: Final = ("www2", "shop", "blog", "app", "mail", "dev", "intern", "status")
MAILBOXES: Final = ("info", "office", "mail", "contact", "billing", "admin", "hello")
PLANS: Final = (
    "Basic",
    "Basic",
    "Basic",
    "Plus",
    "Plus",
    "Pro",
    "Pro XL",
    "Business",
    "Reseller 50",
)

JOBS: Final = (
    "Site redesign for {}", "Move of the {} site", "Restore the {} backup",
    "SSL certificate for {}",
    "Mail migration {}", "New online shop: {}", "Speed up {}", "Spam filter of {}", "DNS change {}",
    "WordPress update {}", "Database repair {}", "Hacked site cleaned: {}", "Newsletter {}",
    "Firewall rule for {}", "Domain transfer {}", "Logo and banner {}", "Training: {}",
    "Contact form on {}", "Payment module {}", "Monthly maintenance {}",
)  # fmt: skip

DETAILS: Final = (
    "The customer wants the {} part first; ticket T-{}.\nPlease call before the switch.",
    "Old provider sends the {} archive, transfer code {}.\nCheck the DNS afterwards.",
    "Budget agreed by e-mail for {}, offer {}.\nNo work at weekends.",
    "Problem appears with {} since the update; log excerpt {} attached.\nUrgent.",
)

TASKS: Final = (
    "Analysis of {}", "Set up {}", "Configure {} on the server", "Test {} in staging",
    "Import of {} records", "Templates for {}", "Phone call about {}", "Fix {} errors",
    "Copy files of {}", "Write documentation {}", "Optimise {} images", "Install {} plugin",
)  # fmt: skip

NOTES: Final = (
    "Called the customer about {}; waits for an answer ({}).",
    "Password of {} was sent by post, letter {}.",
    "Invoice question: {} was promised for free, see job {}.",
    "Colleague prepared {}; continue with step {}.",
)
