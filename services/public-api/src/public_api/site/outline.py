"""What a page says first: whether it is down, when that changed last, and its services in the order of its groups. Pure."""

from collections.abc import Mapping
from typing import Any

from common.contracts.values import ServiceStatus
from public_api.site.words import WORDS, enumeration

NAMED_IN_BANNER = 4

Row = Mapping[str, Any]


def banner(document: Row) -> dict[str, Any]:
    """Whether it is down, and what: the kind, and the sentences."""
    unwell = [service for service in document["services"] if service["status"] != "operational"]
    unwell.sort(key=lambda service: -ServiceStatus(service["status"]).severity)
    in_window = [service["name"] for service in document["services"] if service["under_maintenance"]]
    kind = document["status"]["indicator"]
    if kind == "operational" and not document["services"]:
        kind = "none"
    elif kind == "operational" and document["maintenance"]["in_progress"]:
        kind = "maintenance"
    said = []
    if unwell:
        names = enumeration([service["name"] for service in unwell], NAMED_IN_BANNER)
        said.append(WORDS["affected"].format(names=names))
    if in_window:
        said.append(WORDS["in_window"].format(names=enumeration(in_window, NAMED_IN_BANNER)))
    if kind == "maintenance":
        said.append(WORDS["else_well"])
    return {"kind": kind, "title": WORDS["banner"][kind], "text": " ".join(said)}


def as_of(document: Row) -> str:
    """When something about the document changed last; what was counted since then did not change it."""
    maintenance = document["maintenance"]
    windows = [*maintenance["in_progress"], *maintenance["upcoming"], *maintenance["completed"]]
    moments = [row["updated_at"] for row in [*document["incidents"], *windows]]
    moments += [entry["to"] for entry in document["uptime"]["services"]]
    moments += [cause["since"] for service in document["services"] for cause in service["causes"]]
    return max(moments, default="")


def tree(document: Row) -> list[dict[str, Any]]:
    """Services and groups in order: a group holds its services, then its groups."""
    groups = {
        group["id"]: {**group, "services": [], "groups": [], "is_open": False, "shown": group["status"]}
        for group in document["groups"]
    }
    top: list[dict[str, Any]] = []
    for service in document["services"]:
        shown = service["status"]
        if shown == "operational" and service["under_maintenance"]:
            shown = "maintenance"
        row = {**service, "shown": shown}
        group = groups.get(service["group_id"])
        (group["services"] if group else top).append(row)
    for group in groups.values():
        parent = groups.get(group["parent_id"])
        (parent["groups"] if parent else top).append(group)
    for group in reversed(groups.values()):
        inside = [row["shown"] for row in (*group["services"], *group["groups"])]
        if group["shown"] == "operational" and "maintenance" in inside:
            group["shown"] = "maintenance"
        group["is_open"] = not group["collapsed"] and group["shown"] != "operational"
    place = {service["id"]: number for number, service in enumerate(document["services"])}
    return sorted(top, key=lambda row: _place(row, place))


def _place(row: Row, place: Mapping[str, int]) -> int:
    """A group stands where its first service does; one without any comes last."""
    inside = [_place(inner, place) for inner in (*row.get("services", ()), *row.get("groups", ()))]
    return min(inside, default=place.get(row["id"], len(place)))


def path_of(row: Row) -> str:
    """Where people read of an incident or a window, below the page's address. On that page it is an element's id, too."""
    return f"{'incidents' if 'impact' in row else 'maintenance'}/{row['id']}"
