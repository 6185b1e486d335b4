"""`tidings`, the operator's command line: set up, look, repair.

Exit codes: 0 all is well, 1 problems were found or a command could not do its work, 2 wrong usage, 78 a setting is missing or wrong.
"""

import logging
import sys
from collections.abc import Sequence

import nats.errors
import typer
from nats.js.errors import Error as JetStreamError
from sqlalchemy.exc import DBAPIError

from tidings import dead_letters, doctor, events, exporting, importing, nats_access, rebuild, republish, setup, up
from tidings.access import OperatorError, reason

app = typer.Typer(name="tidings", help=__doc__, no_args_is_help=True, add_completion=False, rich_markup_mode=None)
app.command()(up.up)
app.command()(doctor.doctor)
app.command()(setup.migrate)
app.command()(setup.topology)
app.command()(republish.republish)
app.command()(rebuild.rebuild)
app.command()(exporting.export)
app.command("import")(importing.import_)
app.command()(nats_access.nats_access)
app.command()(nats_access.nats_files)
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(events.app, name="events")

_AFTERWARDS = "Nothing is half done: look with `tidings doctor`, then type the same again."


def main(arguments: Sequence[str] | None = None) -> None:
    # Whatever matters to the operator is said by the commands; of libraries only what went wrong.
    logging.basicConfig(level=logging.ERROR, format="%(message)s", stream=sys.stderr)
    try:
        app(arguments)
    except OperatorError as error:
        sys.exit(str(error))
    except DBAPIError as error:
        sys.exit(f"PostgreSQL: {reason(error)}. {_AFTERWARDS}")
    except (nats.errors.Error, JetStreamError) as error:
        sys.exit(f"NATS: {reason(error)}. {_AFTERWARDS}")
    except (TimeoutError, OSError) as error:
        sys.exit(f"A server went away: {reason(error)}. {_AFTERWARDS}")
