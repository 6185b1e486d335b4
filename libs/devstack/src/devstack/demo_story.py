"""What the demo organizations have and what became of it: four months of services, past incidents, finished and planned windows.

Times are told from when the organization's page was made, so that filling it a second time asks for the very same.
"""

from dataclasses import dataclass, field
from datetime import timedelta

SERVICES_SINCE = timedelta(days=120)


@dataclass(frozen=True)
class Group:
    """A group with its services' names and descriptions, and the groups within it."""

    name: str
    services: dict[str, str]
    groups: tuple["Group", ...] = ()
    collapsed: bool = False


@dataclass(frozen=True)
class PastIncident:
    """An incident that was over after `updates`: (minutes after its beginning, status, what was said)."""

    title: str
    impact: str
    services: dict[str, str]
    before: timedelta
    updates: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True)
class Window:
    """A maintenance window: one that is `ahead` by so much, or, without that, one that is over already."""

    title: str
    description: str
    services: tuple[str, ...]
    minutes: int
    ahead: timedelta | None = None


@dataclass(frozen=True)
class Organization:
    name: str
    description: str
    time_zone: str
    groups: tuple[Group, ...]
    past: tuple[PastIncident, ...] = ()
    windows: tuple[Window, ...] = ()
    open_incident: tuple[str, str, str] | None = field(default=None)
    """Title, message, and the service of a minor incident that is open."""


ORGANIZATIONS = {
    "acme": Organization(
        "Acme",
        "Shoes, by post.",
        "Europe/Berlin",
        (
            Group(
                "Website",
                {
                    "Storefront": "Browsing products and prices",
                    "Checkout": "Cart, payment and confirmation",
                    "Search": "Finding products",
                },
            ),
            Group(
                "Platform",
                {"API": "The public REST API"},
                (Group("Integrations", {"Webhooks": "Notifications sent to customers' systems"}, collapsed=True),),
            ),
        ),
        past=(
            PastIncident(
                "Search finds outdated prices",
                "minor",
                {"Search": "degraded"},
                timedelta(days=104, hours=5),
                (
                    (0, "investigating", "Some search results show yesterday's prices."),
                    (70, "identified", "An index was not renewed overnight. We are building it again."),
                    (190, "resolved", "All prices are right again."),
                ),
            ),
            PastIncident(
                "Checkout is unavailable",
                "critical",
                {"Checkout": "major_outage", "Storefront": "degraded"},
                timedelta(days=83, hours=9),
                (
                    (0, "investigating", "Orders cannot be completed. We are looking into it."),
                    (11, "identified", "A database has run out of connections. We are moving traffic to its replica."),
                    (29, "monitoring", "Orders go through again. We are watching."),
                    (42, "resolved", "Checkout has been stable since 29 minutes after the beginning."),
                ),
            ),
            PastIncident(
                "Webhooks are delayed",
                "minor",
                {"Webhooks": "degraded"},
                timedelta(days=61, hours=2),
                (
                    (0, "investigating", "Notifications arrive up to an hour late. None is lost."),
                    (300, "resolved", "The queue is empty and notifications are immediate again."),
                ),
            ),
            PastIncident(
                "Elevated errors of the API",
                "major",
                {"API": "partial_outage"},
                timedelta(days=37, hours=13),
                (
                    (0, "investigating", "About one request in ten fails."),
                    (35, "identified", "A release is at fault. We are taking it back."),
                    (85, "resolved", "The release before it is in place, and errors are gone."),
                ),
            ),
            PastIncident(
                "Product pictures do not load",
                "minor",
                {"Storefront": "degraded"},
                timedelta(days=19, hours=7),
                (
                    (0, "identified", "Our provider of pictures has trouble in Europe."),
                    (50, "resolved", "The provider reports that all is well, and we see the same."),
                ),
            ),
            PastIncident(
                "Payments are declined",
                "major",
                {"Checkout": "partial_outage"},
                timedelta(days=6, hours=11),
                (
                    (0, "investigating", "Some card payments are declined. We are looking into it."),
                    (
                        20,
                        "identified",
                        "One of two payment providers refuses all cards. We send everything to the other.",
                    ),
                    (41, "monitoring", "Payments succeed. The provider is working on it."),
                    (65, "resolved", "Both providers accept cards again."),
                ),
            ),
        ),
        windows=(
            Window("Renewal of certificates", "No interruption is expected.", ("Storefront", "API"), 30),
            Window("Upgrade of the search cluster", "Search may be slow for a moment.", ("Search",), 60),
            Window(
                "Upgrade of the order database",
                "Checkout is closed for some minutes while we move to a newer version.",
                ("Checkout",),
                120,
                timedelta(days=3),
            ),
        ),
    ),
    "globex": Organization(
        "Globex",
        "Measuring everything.",
        "America/New_York",
        (
            Group(
                "Applications",
                {"Dashboard": "The web application", "Mobile": "The applications for phones"},
            ),
            Group(
                "Infrastructure",
                {
                    "Ingestion": "Receiving measurements",
                    "Reports": "Nightly and on-demand reports",
                    "Sign-in": "Accounts and single sign-on",
                },
            ),
        ),
        open_incident=(
            "Reports take longer than usual",
            "Reports on demand take up to ten minutes. Nightly reports are not affected.",
            "Reports",
        ),
    ),
}
