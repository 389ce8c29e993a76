"""Words for made-up work: the jobs that a hosting company does beside hosting, and what is noted.

A line of a job's work reads `description; time; note | another note`. The time is what the work
usually takes; `free` before it makes it a courtesy, `fixed` a price, that of so much time at the
usual rate, and a minus a discount. In texts, `{given}` is the customer's first name and `{domain}`
the main domain.
"""

from dataclasses import dataclass

from models.duration import parse_time
from models.values import Pricing


@dataclass(frozen=True, slots=True)
class Piece:
    """Work that becomes one task; `minutes` also measure a fixed price, negative for a discount."""

    description: str
    pricing: Pricing
    minutes: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A job that customers order: what it says, what belongs to it, what is noted on it."""

    description: str
    pieces: tuple[Piece, ...]
    details: str = ""
    for_customer: tuple[str, ...] = ()
    for_staff: tuple[str, ...] = ()


def _piece(line: str) -> Piece:
    description, time, notes = (part.strip() for part in f"{line};;".split(";")[:3])
    word, _, amount = time.rpartition(" ")
    sign = -1 if amount.startswith("-") else 1
    return Piece(
        description,
        Pricing(word or "hourly"),
        sign * parse_time(amount.removeprefix("-")),
        tuple(note.strip() for note in notes.split("|") if note),
    )


def _kind(
    description: str,
    *pieces: str,
    details: str = "",
    for_customer: tuple[str, ...] = (),
    for_staff: tuple[str, ...] = (),
) -> Kind:
    return Kind(description, tuple(map(_piece, pieces)), details, for_customer, for_staff)


_WEB_DESIGN = (
    _kind(
        "Site redesign",
        "Wireframes; 2:30; sent to {given}",
        "Theme; 8:00; two rounds of changes included",
        "Pictures cut and compressed; 1:45",
        "Content moved to the new pages; 4:15; 18 pages",
        "Launch check; free 0:45; phones, tablets, forms",
        details="Keep the addresses of the old pages, they are printed on brochures.\n"
        "The logo stays as it is.",
        for_customer=(
            "The draft is at https://new.{domain}/ and waits for your remarks.",
            "Please send the pictures as they come from the camera; we cut them.",
        ),
        for_staff=(
            "{given} prefers the phone to e-mail, best before noon.",
            "Old theme is in the backup, do not delete before the launch.",
        ),
    ),
    _kind(
        "Landing page for the spring offer",
        "Design in two variants; 3:00; {given} took the second one",
        "Page built and tested; 2:15",
        "Form with e-mail confirmation; 1:00",
        for_customer=("Both variants are ready, see https://spring.{domain}/a and /b.",),
        for_staff=("Take it off again at the end of the season.",),
    ),
    _kind(
        "Online shop: first 40 products",
        "Shop software set up; 2:00",
        "Products imported from the price list; 3:30; three had no picture",
        "Shipping costs and taxes; 1:30",
        "Payment provider connected; 2:15; test payments went through",
        "Theme licence; fixed 0:48",
        "Introduction on the phone; free 0:40",
        details="Price list by e-mail, weights are in the last column.",
        for_customer=("The shop runs in test mode; order something and tell us how it felt.",),
        for_staff=("Payment provider wants a copy of the trade licence from the customer.",),
    ),
    _kind(
        "Contact form with upload",
        "Form and spam protection; 1:30",
        "Size limit and virus check; 0:50",
        for_staff=("PHP upload limit raised to 16 MB for {domain} only.",),
    ),
    _kind(
        "Logo touched up for screens",
        "Vector drawing from the printed logo; 1:40; SVG and PNG",
        "Icon for browsers and phones; 0:25",
        for_customer=("All sizes are in the folder /logo of your web space.",),
    ),
    _kind(
        "Accessibility check",
        "Automatic and manual check; 2:00; 31 findings",
        "Contrast and focus corrected; 1:45",
        "Alternative texts for pictures; 1:10",
        "Report as PDF; 0:40",
        details="Level AA of WCAG 2.2, the ten most visited pages.",
    ),
    _kind(
        "Gallery of finished work",
        "Gallery page; 2:10",
        "60 pictures sorted and captioned; 2:40; captions by {given}",
        for_customer=("Captions can be changed by yourself: log in and click on the pencil.",),
    ),
    _kind(
        "Second language for the site",
        "Language switch; 1:15",
        "Pages laid out with the translations; 3:20; translations come from the customer",
        "Addresses and search engines; 0:45",
    ),
)

_INSTALLS = (
    _kind(
        "WordPress install",
        "Install with automatic updates; 0:45",
        "Backup every night, kept 30 days; 0:20",
        "Theme and five pages; 2:30",
        for_customer=("You get the password by text message, not by e-mail.",),
    ),
    _kind(
        "Nextcloud for the office",
        "Install and storage; 1:30",
        "Six users and shared folders; 0:40",
        "Calendars on phones; 1:00; two Android, four iPhone",
        for_staff=("Storage is near the limit of the plan, offer the next one.",),
    ),
    _kind(
        "Webmail with own logo",
        "Webmail at mail.{domain}; 0:40",
        "Logo and colours; 0:30",
    ),
    _kind(
        "Certificate for all subdomains",
        "Wildcard certificate with renewal; 0:35",
        "Redirect to https; 0:15",
        "Mixed content corrected; 0:55; old pictures were linked by http",
    ),
    _kind(
        "Forum install",
        "Forum software and language files; 1:10",
        "Import of 4,200 old posts; 2:45",
        "Moderators and rules; 0:30",
        for_staff=("Encoding of the old posts is Latin-1, umlauts were broken before.",),
    ),
    _kind(
        "Booking calendar",
        "Calendar set up; 1:20",
        "E-mail and text message reminders; 1:00",
        "Licence for one year; fixed 1:36",
        for_customer=("Holidays of this year are entered, please check them.",),
    ),
    _kind(
        "PHP upgrade",
        "Check of the site with the new version; 0:50",
        "Two plugins replaced; 1:25; they were abandoned by their makers",
        "Switch outside office hours; free 0:20",
    ),
    _kind(
        "Newsletter software",
        "Install and bounce handling; 1:15",
        "SPF, DKIM and DMARC for {domain}; 0:40",
        "Template; 1:30",
    ),
)

_MIGRATION = (
    _kind(
        "Move from the old host",
        "Files and databases copied; 2:15; 14 GB",
        "Mailboxes copied; 1:30; 9 mailboxes",
        "DNS switched; 0:30; TTL was lowered the day before",
        "Checked after the move; free 0:30",
        details="Contract with the old host ends with the month.",
        for_customer=(
            "Everything is moved; please keep the old mail program settings until Friday.",
        ),
        for_staff=(
            "Old host answers tickets within a day at best, plan for it.",
            "Two mailboxes had no password at the old host, new ones set.",
        ),
    ),
    _kind(
        "Domain transfer",
        "Transfer of {domain}; fixed 0:24; code by letter",
        "DNS records taken over; 0:25",
        for_staff=("Owner's address at the registry is out of date, ask {given}.",),
    ),
    _kind(
        "Mail move to own server",
        "Accounts and aliases; 0:50",
        "Mail copied with imapsync; 1:45",
        "Help with three mail programs; 0:45; by phone",
    ),
    _kind(
        "Shop moved to a bigger plan",
        "Copy and test; 1:20",
        "Switch at night; 0:40; 4 minutes offline",
        "Discount for the yearly plan; fixed -0:48",
    ),
    _kind(
        "Database to UTF-8",
        "Copy, conversion, comparison; 2:30",
        "Broken names corrected by hand; 1:05; list from {given}",
        for_staff=("Keep the dump from before for three months.",),
    ),
    _kind(
        "Two sites into one",
        "Plan of pages and addresses; 1:30",
        "Content merged; 4:00",
        "Redirects from the old addresses; 1:00; 220 of them",
        for_customer=("The old site stays readable for four weeks at https://old.{domain}/.",),
    ),
)

_SUPPORT = (
    _kind(
        "Site was hacked: clean up",
        "Search and removal; 2:20; backdoor in an old plugin",
        "Restore of four pages from the backup; 0:35",
        "Updates and new passwords; 0:45",
        "Report for the insurance; 0:50",
        for_customer=("The site is clean and back; please set a new password at next login.",),
        for_staff=("Came in through a plugin that nobody used. Log is in the ticket.",),
    ),
    _kind(
        "Contact form does not send",
        "Search for the reason; 0:40; sender address was rejected",
        "SMTP with login; 0:25",
    ),
    _kind(
        "Slow pages",
        "Measured before and after; 0:45; 3.8 s, now 0.9 s",
        "Database index and page cache; 1:10",
        "Pictures in smaller sizes; 0:50",
        for_staff=("The slow query came from the related products box.",),
    ),
    _kind(
        "Mailbox restored",
        "Restore from the backup of the day before; 0:30; folder Offers",
        "Explained the archive folder; free 0:15",
    ),
    _kind(
        "Help with the mail program",
        "Remote session; 0:35",
        "Signature for six people; 0:40",
    ),
    _kind(
        "Yearly maintenance",
        "Updates, links, forms, backups checked; 1:45",
        "Unused plugins removed; 0:20; 7 of them",
        "Summary for {given}; free 0:15",
    ),
    _kind(
        "Training: editing pages",
        "Two people at our office; 2:00",
        "Short guide with pictures; 1:15; as PDF",
    ),
    _kind(
        "Mails land in spam",
        "Headers and block lists checked; 0:40",
        "SPF and DKIM corrected; 0:25; two senders were missing",
        "Watched for a week; free 0:30",
        for_customer=("Sent mail arrives again; please tell us when one does not.",),
    ),
    _kind(
        "Cookie notice and privacy page",
        "Notice with real choices; 1:00",
        "Privacy page from the lawyer's text; 0:35",
    ),
)

_MARKETING = (
    _kind(
        "Search engine check",
        "Titles, descriptions, sitemap; 1:45",
        "Report with the ten best steps; 1:00",
        for_customer=("The first three steps cost nothing and can be done at once.",),
    ),
    _kind(
        "Newsletter: four issues",
        "Layout; 1:30",
        "Issue 1; fixed 1:20; sent to 1,840 readers",
        "Issue 2; fixed 1:20",
        "Issue 3; fixed 1:20",
        "Issue 4; fixed 1:20",
        details="Texts come from the customer ten days before each issue.",
        for_staff=("Texts are always late; ask {given} on the first of the month.",),
    ),
    _kind(
        "Opening hours and map entries",
        "Entries in maps and directories; 1:10; 8 places",
        "Photos added; 0:30",
    ),
    _kind(
        "Campaign for the anniversary",
        "Idea and texts; 2:30",
        "Banners in five sizes; 1:40",
        "Landing page; 2:00",
        "Numbers after four weeks; 0:45",
        "Discount for the package; fixed -1:00",
        for_customer=("Banners are ready for print and screen, in the folder /anniversary.",),
    ),
    _kind(
        "Visitor statistics without cookies",
        "Install on our server; 0:50",
        "Three goals set up; 0:35; order, call, newsletter",
        "Monthly report by e-mail; 0:20",
    ),
    _kind(
        "Texts for five service pages",
        "Interview with {given}; 1:00",
        "Five texts; 4:30; about 400 words each",
        "Corrections; free 0:45",
    ),
)

KINDS = (*_WEB_DESIGN, *_INSTALLS, *_MIGRATION, *_SUPPORT, *_MARKETING)
"""What the hosting company and its English-speaking reseller do."""

GERMAN_KINDS = (
    _kind(
        "Umzug vom alten Anbieter",
        "Dateien und Datenbanken kopiert; 2:00; 6 GB",
        "Postfächer übernommen; 1:15",
        "DNS umgestellt; 0:30",
        for_customer=("Der Umzug ist fertig. Bitte prüfen Sie Ihre E-Mail-Programme.",),
        for_staff=("Alter Anbieter kündigt nur per Brief.",),
    ),
    _kind(
        "Neue Startseite",
        "Entwurf; 2:30; an {given} geschickt",
        "Umsetzung; 5:00",
        "Bilder zugeschnitten; 1:00",
        for_customer=("Der Entwurf liegt unter https://neu.{domain}/ bereit.",),
    ),
    _kind(
        "Kontaktformular reparieren",
        "Fehlersuche; 0:45; Absenderadresse wurde abgelehnt",
        "Versand über SMTP; 0:30",
    ),
    _kind(
        "Suchmaschinen-Check",
        "Titel, Beschreibungen, Sitemap; 1:30",
        "Bericht; 1:00; zehn Vorschläge",
        for_staff=("Konkurrenz im gleichen Ort beachten.",),
    ),
    _kind(
        "Fotos der Werkstatt",
        "Termin vor Ort; fixed 2:00; Anfahrt inbegriffen",
        "Auswahl und Bearbeitung; 1:40",
        "Galerie; 1:00",
    ),
    _kind(
        "Wartung",
        "Aktualisierungen und Prüfung der Sicherung; 1:00",
        "Nicht benutzte Erweiterungen entfernt; 0:20",
        "Kurzer Bericht; free 0:10",
    ),
)
"""What the German reseller does."""

HOLDUPS = (
    "Waiting for the pictures.",
    "Waiting for the answer of the old host.",
    "{given} is on holiday until the end of the month.",
    "Budget is decided next quarter.",
    "Waiting for the signed offer.",
)
"""Why a job is on hold, noted for staff."""

CANCELLATIONS = (
    "{given} does it alone now.",
    "Offer was too high, went to a friend.",
    "Not needed any more: the shop closes.",
    "Will be part of the redesign instead.",
)
"""Why a job was canceled, noted for staff."""

SUSPENSIONS = (
    "Invoice unpaid for 30 days",
    "Invoice unpaid for 60 days",
    "Sends spam through an open form",
    "Over the disk quota",
    "On the customer's own request",
)
"""Why an account is suspended."""

CLOSURES = ("Contract ended", "Moved to another host", "Business given up")
"""Why an account is closed."""
