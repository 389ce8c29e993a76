"""The grammar of the command line: which commands there are, and what each of them takes.

Nothing that a command needs for its work is imported here, so that help comes at once.
"""

import argparse
from collections.abc import Sequence

from models.history_filter import KIND_WORDS
from tui.cli.argument_order import operand
from tui.cli.argument_types import STATUSES, count_up_to, job_status, login, record_id
from tui.cli.parser import (
    Group,
    Parser,
    add_command,
    add_data_command,
    add_global_options,
    add_noun,
    add_record_id,
    add_staff_command,
)

MOST_HITS = 10_000
"""The most accounts or jobs that one search answers with."""

MOST_ENTRIES = 10_000
"""The most entries of the history that one command answers with."""

MOST_DEMO_ACCOUNTS = 1_000_000
"""The most accounts that a demo makes up."""

DATA_NOUNS = ("account", "job", "task", "history")
"""The nouns whose commands work with data alone, and so can be sent over SSH."""

_PROGRAM = """\
Custom jobs beside hosting: find an account, add jobs, tasks and notes, and let the customer see
them. Without a command, the staff's panel opens."""

_EXAMPLES = """\
examples:
  customjobs                                            the panel
  customjobs demo                                       the panel on made-up data
  customjobs import whm accounts.json --currency EUR
  customjobs account search acme
  customjobs job add 1001 "Site redesign" --due +14
  customjobs task add 57 Wireframes --rate 75 --time 2:30 --done
  customjobs job status 57 in-progress
  customjobs history --job 57

Options may stand anywhere. A text that begins with a dash goes behind --, as in
  customjobs job note 57 -- "- sent to Jane"

exit codes: 0 done, 1 refused with the reason on standard error, 2 wrong usage"""


def read_arguments(words: Sequence[str]) -> argparse.Namespace:
    """Return what arranged words say: `run` names the command, `parser` knows its usage.

    Raises:
        SystemExit: with 2 for wrong usage, with 0 after the help that was asked for.
    """
    wants_help = {"-h", "--help"}.intersection(words)
    names_command = any(not word.startswith("-") for word in words)
    return grammar().parse_args(words if names_command or wants_help else ["staff", *words])


def grammar() -> Parser:
    """Return the parser of all commands."""
    parser = Parser(prog="customjobs", description=_PROGRAM, epilog=_EXAMPLES)
    add_global_options(parser)
    commands: Group = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_panels(commands)
    _add_import(commands)
    _add_account(add_noun(commands, "account", "find and show accounts"))
    _add_job(add_noun(commands, "job", "add, find, list, show, change and move custom jobs"))
    _add_task(add_noun(commands, "task", "add tasks to a job, mark them as done"))
    _add_history(commands)
    _add_check(commands)
    _add_copies(commands)
    _add_access(add_noun(commands, "access", "who may come in over SSH, by which key"))
    _add_sshd_config(commands)
    return parser


def _add_panels(commands: Group) -> None:
    staff = add_staff_command(
        commands, "staff", ("panel", "staff"), "open the staff's panel (the default)"
    )
    _add_access_option(staff)
    customer = add_command(
        commands,
        "customer",
        ("panel", "customer"),
        "open the Support Center of an account, to read only",
        more="example:\n  customjobs customer --account 1001",
    )
    customer.add_argument(
        "--account",
        type=record_id,
        action="append",
        required=True,
        metavar="ID",
        dest="accounts",
        help="an account that may be seen; give it again for several",
    )
    _add_access_option(customer)
    demo = add_command(
        commands, "demo", ("panel", "demo"), "open the panel on made-up data in a temporary place"
    )
    demo.add_argument(
        "--accounts",
        type=count_up_to(MOST_DEMO_ACCOUNTS),
        default=300,
        metavar="N",
        help="how many accounts to make up (300)",
    )


def _add_access_option(parser: Parser) -> None:
    parser.add_argument(
        "--access",
        type=record_id,
        metavar="ID",
        help="the access by whose key this session came in over SSH",
    )


def _add_import(commands: Group) -> None:
    parser = add_staff_command(
        commands,
        "import",
        ("importing", "import_accounts"),
        "take accounts over from a control panel",
        more="examples:\n"
        "  whmapi1 listaccts --output=json | customjobs import whm --server web1\n"
        "  customjobs import csv customers.csv --map Login=username --map Mail=email --dry-run",
    )
    parser.add_argument("source", metavar="SOURCE", type=operand, help="whm or csv")
    parser.add_argument(
        "file",
        metavar="FILE",
        type=operand,
        nargs="?",
        default="-",
        help="the file to read; - is standard input (the default)",
    )
    parser.add_argument(
        "--server", metavar="NAME", default="", help="the server's name, where several are imported"
    )
    parser.add_argument(
        "--currency", metavar="C", help="the currency of accounts for which the source names none"
    )
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=FIELD",
        dest="mapping",
        help="read this field from this column of a CSV file; may be given again",
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")


def _add_account(commands: Group) -> None:
    search = add_data_command(
        commands,
        "search",
        ("account", "search"),
        "find accounts by ID, user name, domain, e-mail, person or company",
        more="examples:\n"
        "  customjobs account search acme --limit 10\n"
        "  customjobs account search reseller:1005         a reseller's customers\n"
        "  customjobs account search acme status:suspended has:unbilled\n\n"
        "filters: user: domain: email: plan: status: reseller: created: has:",
    )
    _add_sought(search, "what to look for, and filters")
    show = add_data_command(commands, "show", ("account", "show"), "show an account")
    add_record_id(show, "account", "ID", "the Account ID")


def _add_sought(search: Parser, what: str) -> None:
    search.add_argument("text", metavar="TEXT", type=operand, nargs="+", help=what)
    search.add_argument(
        "--limit",
        type=count_up_to(MOST_HITS),
        default=50,
        metavar="N",
        help="how many to answer with (50)",
    )


def _add_job(commands: Group) -> None:
    add = add_data_command(
        commands,
        "add",
        ("job", "add"),
        "add a custom job to an account",
        more='example:\n  customjobs job add 1001 "Site redesign" --assignee anna --due 2027-03-01',
    )
    add_record_id(add, "account", "ACCOUNT", "the Account ID")
    add.add_argument("description", metavar="DESCRIPTION", type=operand, help="the job in one line")
    add.add_argument("--details", metavar="T", default="", help="more about it, in many lines")
    add.add_argument(
        "--due", metavar="DATE", default="", help="2027-03-01, today, tomorrow, or +3 for in 3 days"
    )
    add.add_argument("--assignee", metavar="NAME", default="", help="the login of who does it")
    add.add_argument("--reference", metavar="R", default="", help="a ticket or an order")
    add.add_argument("--hidden", action="store_true", help="do not show it to the customer")
    list_ = add_data_command(commands, "list", ("job", "list_jobs"), "list jobs, the oldest first")
    list_.add_argument(
        "account", metavar="ACCOUNT", type=record_id, nargs="?", help="of this account only"
    )
    list_.add_argument("--status", metavar="S", type=job_status, help=f"{STATUSES} only")
    search = add_data_command(
        commands,
        "search",
        ("job", "search"),
        "find jobs by words in them, their tasks and notes, the newest first",
        more="examples:\n"
        "  customjobs job search certificate\n"
        "  customjobs job search wireframes status:suspended   of suspended accounts",
    )
    _add_sought(search, "words of which each begins one in the job, and filters of accounts")
    show = add_data_command(commands, "show", ("job", "show"), "show a job, its tasks and notes")
    add_record_id(show, "job", "ID", "the job")
    status = add_data_command(
        commands,
        "status",
        ("job", "set_status"),
        "set the status of a job",
        more="example:\n  customjobs job status 57 on-hold",
    )
    add_record_id(status, "job", "ID", "the job")
    status.add_argument("status", metavar="STATUS", type=job_status, help=STATUSES)
    move = add_data_command(
        commands,
        "move",
        ("job", "move"),
        "move a job to the account that it belongs to",
        more="example:\n  customjobs job move 57 1002",
    )
    add_record_id(move, "job", "JOB", "the job")
    add_record_id(move, "account", "ACCOUNT", "the Account ID that it belongs to")
    note = add_data_command(
        commands, "note", ("job", "add_note"), "add a note to a job, for staff only by default"
    )
    add_record_id(note, "job", "ID", "the job")
    note.add_argument("text", metavar="TEXT", type=operand, help="the note")
    note.add_argument("--customer", action="store_true", help="let the customer read it too")


def _add_task(commands: Group) -> None:
    add = add_data_command(
        commands,
        "add",
        ("task", "add"),
        "add a task to a job: hourly, for a fixed price, or free of charge",
        more="examples:\n"
        "  customjobs task add 57 Wireframes --rate 75 --time 2:30 --done\n"
        "  customjobs task add 57 Discount --fixed -50\n"
        '  customjobs task add 57 "Phone call" --free --time 15m',
    )
    add_record_id(add, "job", "JOB", "the job")
    add.add_argument(
        "description", metavar="DESCRIPTION", type=operand, help="the work in one line"
    )
    add.add_argument(
        "--rate", metavar="R", help="per hour, such as 75.00; by default the last one on the job"
    )
    add.add_argument("--time", metavar="T", help="1:30, 1.5, 90m or 1h30m")
    prices = add.add_mutually_exclusive_group()
    prices.add_argument("--fixed", metavar="AMOUNT", help="a fixed price; negative for a discount")
    prices.add_argument("--free", action="store_true", help="no charge")
    add.add_argument("--note", metavar="N", default="", help="a remark that the customer sees too")
    states = add.add_mutually_exclusive_group()
    states.add_argument("--done", action="store_true", help="the work is done")
    states.add_argument("--planned", action="store_true", help="the work is still to be done")
    add.add_argument("--worked-on", metavar="DATE", default="", help="the day of the work (today)")
    add.add_argument("--by", metavar="NAME", default="", help="the login of who worked (you)")
    done = add_data_command(commands, "done", ("task", "done"), "mark a task as done")
    add_record_id(done, "task", "ID", "the task")


def _add_history(commands: Group) -> None:
    parser = add_data_command(
        commands,
        "history",
        ("history", "history"),
        "say who did what, the newest first",
        more="examples:\n"
        "  customjobs history --job 57\n"
        "  customjobs history --actor anna --kind task --kind removed --since yesterday\n"
        "  customjobs history --since 2026-11-01 --until 2026-11-30 --json",
    )
    parser.add_argument("--account", type=record_id, metavar="ID", help="of this account only")
    parser.add_argument("--job", type=record_id, metavar="ID", help="of this job only")
    # Elsewhere it says who acts; who reads the history does not matter to it.
    parser.add_argument(
        "--actor", default="", metavar="NAME", dest="person", help="what this person did, by login"
    )
    parser.set_defaults(actor=None)
    parser.add_argument(
        "--kind",
        type=str.lower,
        choices=KIND_WORDS,
        action="append",
        metavar="WORD",
        dest="kinds",
        help=f"{', '.join(KIND_WORDS)}; may be given again",
    )
    parser.add_argument(
        "--since",
        metavar="WHEN",
        default="",
        help="from 2026-11-01, today, yesterday, -7 for 7 days ago, or 2026-11-01T14:30 on",
    )
    parser.add_argument("--until", metavar="WHEN", default="", help="to the end of such a day")
    parser.add_argument(
        "--limit",
        type=count_up_to(MOST_ENTRIES),
        default=50,
        metavar="N",
        help="how many to answer with (50)",
    )


def _add_check(commands: Group) -> None:
    check = add_command(
        commands, "check", ("check", "check"), "report versions, schema and integrity"
    )
    check.add_argument(
        "--authorized-keys",
        metavar="FILE",
        help="check a file of keys for sshd instead: every line must open this program alone",
    )


def _add_copies(commands: Group) -> None:
    backup = add_command(
        commands,
        "backup",
        ("backup", "write_backup"),
        "write a checked copy of the database into a new file, while others work",
        more="example:\n  customjobs backup /srv/backup/jobs-$(date +%F).db",
    )
    backup.add_argument("file", metavar="FILE", type=operand, help="the copy, a new file")
    restore = add_command(
        commands,
        "restore",
        ("backup", "bring_back"),
        "put a backup in the place of the database, which nobody may have open",
        more="The present database is kept beside it. Work, history and access since the backup\n"
        "are in that one alone.",
    )
    restore.add_argument("file", metavar="FILE", type=operand, help="the backup")


def _add_access(commands: Group) -> None:
    _add_access_add(add_noun(commands, "add", "let somebody in by a public key"))
    list_ = add_command(commands, "list", ("access", "list_access"), "list who may come in")
    list_.add_argument("--account", type=record_id, metavar="ID", help="into this account only")
    remove = add_command(
        commands,
        "remove",
        ("access", "remove"),
        "take an access away; its sessions end within seconds",
    )
    remove.add_argument("access_id", metavar="ID", type=record_id, help="the access")
    keys = add_command(
        commands,
        "keys",
        ("access_keys", "keys"),
        "answer sshd's AuthorizedKeysCommand about one key",
    )
    keys.add_argument("user", metavar="USER", type=operand, help="who is to be entered (%%u)")
    keys.add_argument("kind", metavar="TYPE", type=operand, help="the kind of the key (%%t)")
    keys.add_argument("key", metavar="KEY", type=operand, help="the key in base64 (%%k)")
    add_command(
        commands,
        "authorized-keys",
        ("access", "whole_file"),
        "write the lines of all keys, for a file that sshd reads",
    )


def _add_access_add(commands: Group) -> None:
    staff = add_command(
        commands,
        "staff",
        ("access", "add_staff"),
        "let a person into the staff's panel",
        more="example:\n  customjobs access add staff anna anna.pub --display-name 'Anna Berg'",
    )
    staff.add_argument("name", metavar="NAME", type=operand, help="the login, such as anna")
    _add_keyfile(staff)
    staff.add_argument(
        "--reseller", type=record_id, metavar="ID", help="on this reseller's own customers only"
    )
    staff.add_argument(
        "--display-name", metavar="N", default="", help="the name that customers see"
    )
    customer = add_command(
        commands,
        "customer",
        ("access", "add_customer"),
        "let a customer into the Support Center of one account, or of several",
        more="example:\n  ssh-add -L | customjobs access add customer 1001 1044 -",
    )
    customer.add_argument(
        "accounts", metavar="ACCOUNT", type=record_id, nargs="+", help="the Account ID"
    )
    _add_keyfile(customer)


def _add_keyfile(parser: Parser) -> None:
    parser.add_argument(
        "keyfile", metavar="KEYFILE", type=operand, help="the .pub file; - is standard input"
    )


def _add_sshd_config(commands: Group) -> None:
    parser = add_command(
        commands, "sshd-config", ("sshd_config", "sshd_config"), "print what sshd is to be told"
    )
    parser.add_argument(
        "--user", type=login, default="panel", metavar="NAME", help="the service user (panel)"
    )
