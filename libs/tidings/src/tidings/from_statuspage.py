"""What a Statuspage says by its public API v2, as the lines of a portable file.

That API tells of the last 50 incidents and the last 50 windows, and of no past status but by what incidents name. Nothing is made up: an
incident that is over is one that was written down later, and what it puts on a service is the worst that one of its updates says.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from common.clock import now
from common.contracts.values import TEXT_MAX_BYTES, TITLE_MAX, ServiceStatus, worst
from tidings import portable
from tidings.access import OperatorError
from tidings.markup import plain
from tidings.portable import Header, Line
from tidings.remote import Json

_LISTS = {"components": "components", "incidents": "incidents", "scheduled-maintenances": "scheduled_maintenances"}
_STATUSES = {
    "operational": "operational",
    "": "operational",
    "under_maintenance": "operational",
    "degraded_performance": "degraded",
    "partial_outage": "partial_outage",
    "major_outage": "major_outage",
}
_IMPACTS = {"none": "none", "minor": "minor", "major": "major", "critical": "critical", "maintenance": "none"}
_WINDOW_STATUSES = {
    "scheduled": "scheduled",
    "in_progress": "in_progress",
    "verifying": "in_progress",
    "completed": "completed",
}
_IDS = UUID("6a1f0a2e-95f5-4f0e-9a0c-3c1f6f4b7d10")


def convert(answers: Json) -> tuple[Header, list[Line], list[str]]:
    """The portable form of what the API says, and what has none. Raises OperatorError where that is no Statuspage's."""
    try:
        return _Converting(answers).everything()
    except (KeyError, TypeError, AttributeError) as error:
        raise OperatorError(f"This is not what a Statuspage says: {type(error).__name__} {error}.") from error


class _Converting:
    def __init__(self, answers: Json) -> None:
        summary = answers.get("summary") or answers["components"]
        self._page: Json = summary["page"]
        self._components = self._all(answers, "components")
        self._incidents = self._all(answers, "incidents")
        self._windows = self._all(answers, "scheduled-maintenances")
        self._services = [row for row in self._components if not row.get("group")]
        self._known = {row["id"] for row in self._services}
        self._remarks: dict[str, int] = {}

    def _all(self, answers: Json, part: str) -> list[Json]:
        """What the list says, and the summary besides: it has also what is older and goes on."""
        name = _LISTS[part]
        rows = [*answers.get(part, {}).get(name, ()), *answers.get("summary", {}).get(name, ())]
        return list({row["id"]: row for row in reversed(rows)}.values())[::-1]

    def everything(self) -> tuple[Header, list[Line], list[str]]:
        settings = {"name": _title(self._page["name"])}
        if self._page.get("time_zone"):
            settings["time_zone"] = self._page["time_zone"]
        things: list[tuple[str, Json]] = [("settings", settings)]
        things += [("service", self._service(row)) for row in self._services]
        things.append(("layout", self._layout()))
        things += [("incident", self._incident(row)) for row in self._incidents]
        things += [("window", self._window(row)) for row in self._windows]
        lines = [self._line(kind, body) for kind, body in things]
        header = Header(
            organization=self._page["id"],
            address=str(self._page.get("url", "")),
            exported_at=self._page.get("updated_at") or now(),
        )
        return header, lines, [f"{remark} ({count})" for remark, count in self._remarks.items()]

    def _line(self, kind: str, body: Json) -> Line:
        try:
            return portable.parse_thing({"kind": kind, "body": body})
        except ValueError as error:
            name = body.get("name") or body.get("title")
            raise OperatorError(f"The {kind} {name!r} of the Statuspage cannot be taken over: {error}") from error

    def _id(self, id: str) -> str:
        """Our files call things by UUIDs. One that is none becomes one, the same each time."""
        try:
            return str(UUID(id))
        except ValueError:
            return str(uuid5(_IDS, f"{self._page['id']}/{id}"))

    def _service(self, row: Json) -> Json:
        """What an open incident puts on it comes with that incident; what remains people have set."""
        lasting = [incident for incident in self._incidents if not _is_over(incident)]
        named = {component["id"] for incident in lasting for component in incident.get("components", ())}
        if row.get("only_show_if_degraded") or row.get("showcase") is False:
            self._remark("Components are always shown, with their days: what hides them or those is left out")
        return {
            "external_id": self._id(row["id"]),
            "name": _title(row["name"]),
            "description": _text(row.get("description")),
            "start_date": row.get("start_date"),
            "created_at": row["created_at"],
            "base_status": "operational" if row["id"] in named else _STATUSES[row["status"]],
        }

    def _layout(self) -> Json:
        """Groups and components by their positions."""
        groups: dict[str | None, list[Json]] = {}
        for row in sorted(self._components, key=lambda row: row.get("position") or 0):
            groups.setdefault(row.get("group_id"), []).append(row)
        present = {row["id"] for row in self._components if row.get("group")}
        top = [row for id, rows in groups.items() if id not in present for row in rows]

        def entry(row: Json) -> Json:
            if not row.get("group"):
                return {"type": "service", "id": self._id(row["id"])}
            inside = [entry(inner) for inner in groups.get(row["id"], ())]
            return {"type": "group", "id": self._id(row["id"]), "name": _title(row["name"]), "entries": inside}

        return {"entries": [entry(row) for row in sorted(top, key=lambda row: row.get("position") or 0)]}

    def _incident(self, row: Json) -> Json:
        told = _told(row)
        learned = [update for update in told if update["status"] == "postmortem"]
        told = [update for update in told if update["status"] != "postmortem"]
        is_over = _is_over(row)
        updates = [self._update(update, update["status"]) for update in told]
        moments = [update["created_at"] for update in updates]
        started_at = min([row.get("started_at") or row["created_at"], *moments], key=_moment)
        resolved_at = None
        if is_over:
            resolved_at = max([row.get("resolved_at") or row["updated_at"], *moments], key=_moment)
        body: Json = {
            "external_id": self._id(row["id"]),
            "title": _title(row["name"]),
            "status": "resolved" if is_over else row["status"],
            "impact": _IMPACTS[row["impact"]],
            "started_at": started_at,
            "resolved_at": resolved_at,
            "services": self._affected(row, told, is_over=is_over),
            "updates": updates,
        }
        if learned:
            text = _text(row.get("postmortem_body") or learned[-1]["body"])
            when = _shown_at(learned[-1])
            body["postmortem"] = {"body": text, "published_at": when, "updated_at": when} if text else None
        return body

    def _affected(self, row: Json, told: Sequence[Json], *, is_over: bool) -> list[Json]:
        """Each component with the worst that the updates say of it, or, while it lasts, with what it is now."""
        said: dict[str, list[ServiceStatus]] = {}
        for component in row.get("components", ()):
            now_is = [] if is_over else [ServiceStatus(_STATUSES[component["status"]])]
            said[component["id"]] = now_is
        for update in told if is_over else ():
            for change in update.get("affected_components") or ():
                status = ServiceStatus(_STATUSES[change["new_status"]])
                said.setdefault(change["code"], []).append(status)
        if said.keys() - self._known:
            self._remark("Incidents name components that are gone: those are left out")
        return [
            {"service_id": self._id(id), **({"status": worst(statuses)} if statuses else {})}
            for id, statuses in said.items()
            if id in self._known
        ]

    def _update(self, update: Json, status: str) -> Json:
        return {"status": status, "message": _text(update["body"]), "created_at": _shown_at(update)}

    def _window(self, row: Json) -> Json:
        status = _WINDOW_STATUSES[row["status"]]
        updates = [self._update(update, _WINDOW_STATUSES.get(update["status"], status)) for update in _told(row)]
        start, end = row["scheduled_for"], row["scheduled_until"]
        body = {
            "external_id": self._id(row["id"]),
            "title": _title(row["name"]),
            "status": status,
            "scheduled_start": start,
            "scheduled_end": end,
            "created_at": row["created_at"],
            "services": [
                {"service_id": self._id(component["id"])}
                for component in row.get("components", ())
                if component["id"] in self._known
            ],
            "updates": updates,
        }
        if status != "scheduled":
            # It has no time of its own: one that nobody said anything about began when it was to, or was over before.
            said = [update["created_at"] for update in updates if update["status"] == "in_progress"]
            over = row.get("resolved_at") or row["updated_at"]
            body["started_at"] = min(said[0] if said else start, over, key=_moment)
            if status == "completed":
                body["completed_at"] = over
        if row["status"] == "verifying":
            self._remark("Windows that are being verified are in progress here")
        return body

    def _remark(self, remark: str) -> None:
        self._remarks[remark] = self._remarks.get(remark, 0) + 1


def _is_over(row: Mapping[str, Any]) -> bool:
    return row["status"] in ("resolved", "postmortem")


def _shown_at(update: Mapping[str, Any]) -> str:
    found: str = update.get("display_at") or update["created_at"]
    return found


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _told(row: Mapping[str, Any]) -> list[Json]:
    """The updates, the first first: the API has them the other way round."""
    return sorted(reversed(row["incident_updates"]), key=lambda update: _moment(_shown_at(update)))


def _title(text: str) -> str:
    return " ".join(plain(text).split())[:TITLE_MAX].strip() or "-"


def _text(text: str | None) -> str:
    """Within the bounds of a text here."""
    return plain(text or "").encode()[:TEXT_MAX_BYTES].decode(errors="ignore").strip()
