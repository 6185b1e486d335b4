"""Statuspage's public API v2, as clients written for it expect it. Pure: what the page knows in, finished JSON out.

Where Tidings has more, or other things, than Statuspage:

- Ids are those of the rest of Tidings, so that what is found here is found there. Clients take them for strings.
- Groups are one level deep there: one within another is a group beside it, called "Outer - Inner". One that has no service of its own is
  left out. Nobody keeps when a group was made: it is as old as the page, and changed when the layout last was.
- A window that was called off is `completed`. What was said of an incident or window as a whole, if anything, is its first update; a
  published postmortem is its last one, and its status.
- `affected_components` lists every component the incident named then, also those that an update left as they were. It is null, as it may be
  there, where that was not recorded, and for windows.
- An open incident that names no service counts by its impact, so that the page is never green over it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from public_api.archive import RECENT, Archive

Json = dict[str, Any]
Item = Mapping[str, Any]

_STATUSES = {"degraded": "degraded_performance"}
_FROM_BEST = ("operational", "under_maintenance", "degraded_performance", "partial_outage", "major_outage")
_INDICATORS = ("none", "maintenance", "minor", "major", "critical")
_BY_IMPACT = {
    "minor": ("minor", "Partially Degraded Service"),
    "major": ("major", "Partial System Outage"),
    "critical": ("critical", "Major System Outage"),
}
_OVER = ("resolved", "completed", "cancelled")
_WELL = ("none", "All Systems Operational")


def render(document: Item, archive: Archive, address: str) -> dict[str, str]:
    """Every answer by its path. `address` is where the page is, without a slash at its end."""
    made = _Answers(document, archive, address)
    incidents = [made.incident(item) for item in _told_of(archive.incidents)]
    windows = [made.window(item) for item in _told_of(archive.windows)]
    unresolved = [item for item in incidents if item["status"] in ("investigating", "identified", "monitoring")]
    upcoming = [item for item in windows if item["status"] == "scheduled"]
    active = [item for item in windows if item["status"] == "in_progress"]
    answers: dict[str, Json] = {
        "summary": {
            "components": made.components,
            "incidents": unresolved,
            "scheduled_maintenances": [item for item in windows if item["status"] in ("scheduled", "in_progress")],
            "status": made.status(),
        },
        "status": {"status": made.status()},
        "components": {"components": made.components},
        "incidents": {"incidents": incidents[:RECENT]},
        "incidents/unresolved": {"incidents": unresolved},
        "scheduled-maintenances": {"scheduled_maintenances": windows[:RECENT]},
        "scheduled-maintenances/upcoming": {"scheduled_maintenances": upcoming},
        "scheduled-maintenances/active": {"scheduled_maintenances": active},
    }
    page = made.page()
    return {
        f"api/v2/{name}.json": json.dumps({"page": page, **answer}, ensure_ascii=False, separators=(",", ":"))
        for name, answer in answers.items()
    }


def _told_of(items: Sequence[Item]) -> list[Item]:
    """The most recent ones, and whichever are not over."""
    return [item for place, item in enumerate(items) if place < RECENT or item["status"] not in _OVER]


def rollup(statuses: Sequence[str]) -> tuple[str, str]:
    """Indicator and words for components with these statuses, milder than the worst of them where others are well."""
    outages = [status for status in statuses if status in ("partial_outage", "major_outage")]
    degraded = statuses.count("degraded_performance")
    if not statuses:
        return _WELL
    if set(statuses) == {"major_outage"}:
        return "critical", "Major System Outage"
    if "major_outage" in statuses or len(outages) == len(statuses):
        return "major", "Partial System Outage"
    if outages:
        return "minor", "Minor Service Outage"
    if degraded:
        everything = degraded == len(statuses) > 1
        return "minor", "Degraded System Service" if everything else "Partially Degraded Service"
    return ("maintenance", "Service Under Maintenance") if "under_maintenance" in statuses else _WELL


class _Answers:
    def __init__(self, document: Item, archive: Archive, address: str) -> None:
        self._document = document
        self._archive = archive
        self._address = address
        self._id = archive.dates["organization_id"]
        name = document["organization"]["time_zone"]
        self._zone_name = "Etc/UTC" if name == "UTC" else name
        self._zone = ZoneInfo(name)
        self.components = list(self._components())
        self._by_id = {row["id"]: row for row in self.components if not row["group"]}
        self._groups = {row["id"]: row["name"] for row in self.components if row["group"]}

    def page(self) -> Json:
        dates = self._archive.dates
        changes = [dates["updated_at"], dates["layout_updated_at"]]
        changes += [service["updated_at"] for service in dates["services"].values()]
        changes += [item["updated_at"] for item in (*self._archive.incidents, *self._archive.windows)]
        return {
            "id": self._id,
            "name": self._document["organization"]["name"],
            "url": self._address,
            "time_zone": self._zone_name,
            "updated_at": self._time(max(changes, key=datetime.fromisoformat)),
        }

    def status(self) -> Json:
        found = [rollup([row["status"] for row in self._by_id.values()])]
        for incident in self._document["incidents"]:
            shown = any(
                named["id"] in self._by_id and named["status"] != "operational" for named in incident["services"]
            )
            if incident["status"] != "resolved" and not shown:
                found.append(_BY_IMPACT.get(incident["impact"], _WELL))
        indicator, words = max(found, key=lambda status: _INDICATORS.index(status[0]))
        return {"indicator": indicator, "description": words}

    def incident(self, item: Item) -> Json:
        postmortem = item["postmortem"]
        monitored = [update["created_at"] for update in item["updates"] if update["status"] == "monitoring"]
        return self._item(
            item,
            status="postmortem" if postmortem else item["status"],
            impact=item["impact"],
            started_at=item["started_at"],
            monitoring_at=monitored[0] if monitored else None,
            resolved_at=item["resolved_at"],
            path="incidents",
            first_status="investigating",
        )

    def window(self, item: Item) -> Json:
        made = self._item(
            item,
            status=_window_status(item["status"]),
            impact="maintenance",
            started_at=item["started_at"] or item["scheduled_start"],
            monitoring_at=None,
            resolved_at=item["completed_at"] or item["cancelled_at"],
            path="maintenance",
            first_status="scheduled",
        )
        made["scheduled_for"] = self._time(item["scheduled_start"])
        made["scheduled_until"] = self._time(item["scheduled_end"])
        return made

    def _item(
        self,
        item: Item,
        *,
        status: str,
        impact: str,
        started_at: str,
        monitoring_at: str | None,
        resolved_at: str | None,
        path: str,
        first_status: str,
    ) -> Json:
        return {
            "id": item["id"],
            "name": item["title"],
            "status": status,
            "created_at": self._time(item["created_at"]),
            "updated_at": self._time(item["updated_at"]),
            "monitoring_at": self._time_or_none(monitoring_at),
            "resolved_at": self._time_or_none(resolved_at),
            "impact": impact,
            "shortlink": f"{self._address}/{path}/{item['id']}",
            "started_at": self._time(started_at),
            "page_id": self._id,
            "incident_updates": list(self._updates(item, first_status)),
            "components": [self._by_id[named["id"]] for named in item["services"] if named["id"] in self._by_id],
            "reminder_intervals": None,
        }

    def _updates(self, item: Item, first_status: str) -> Iterator[Json]:
        if postmortem := item.get("postmortem"):
            published, updated = postmortem["published_at"], postmortem["updated_at"]
            id = f"{item['id']}-postmortem"
            yield self._update(item, id, "postmortem", postmortem["body"], published, updated, None)
        for update in item["updates"]:
            made, edited = update["created_at"], update["edited_at"] or update["created_at"]
            status, services = _window_status(update["status"]), update.get("services")
            yield self._update(item, update["id"], status, update["message"], made, edited, services)
        if item["description"] or not item["updates"]:
            id, made = f"{item['id']}-description", item["created_at"]
            yield self._update(item, id, first_status, item["description"], made, made, None)

    def _update(
        self,
        item: Item,
        id: str,
        status: str,
        body: str,
        created_at: str,
        updated_at: str,
        services: Sequence[Item] | None,
    ) -> Json:
        return {
            "id": id,
            "status": status,
            "body": body,
            "incident_id": item["id"],
            "created_at": self._time(created_at),
            "updated_at": self._time(updated_at),
            "display_at": self._time(created_at),
            "affected_components": None if services is None else [self._affected(service) for service in services],
            "deliver_notifications": True,
            "custom_tweet": None,
            "tweet_id": None,
        }

    def _affected(self, service: Item) -> Json:
        """What an update did to a service, which has its group's name before its own."""
        row = self._by_id.get(service["id"])
        group = self._groups.get(row["group_id"]) if row else None
        return {
            "code": service["id"],
            "name": f"{group} - {service['name']}" if group else service["name"],
            **{key: _STATUSES.get(service[key], service[key]) for key in ("old_status", "new_status")},
        }

    def _components(self) -> Iterator[Json]:
        """Services in the order of the page, each group's row before the first of its services. Positions count from 1 in each group."""
        services = self._document["services"]
        groups = {group["id"]: group for group in self._document["groups"]}
        members: dict[str | None, list[str]] = {}
        top = 0
        for service in services:
            group_id = service["group_id"] if service["group_id"] in groups else None
            if group_id is None or group_id not in members:
                top += 1
            if group_id is not None and group_id not in members:
                yield self._group_row(groups, group_id, top)
            mine = members.setdefault(group_id, [])
            mine.append(service["id"])
            yield self._service_row(service, group_id, len(mine) if group_id else top)

    def _service_row(self, service: Item, group_id: str | None, position: int) -> Json:
        dates = self._archive.dates["services"][service["id"]]
        return {
            "id": service["id"],
            "name": service["name"],
            "status": component_status(service),
            "created_at": self._time(dates["created_at"]),
            "updated_at": self._time(dates["updated_at"]),
            "position": position,
            "description": service["description"] or None,
            "showcase": True,
            "start_date": service["start_date"],
            "group_id": group_id,
            "page_id": self._id,
            "group": False,
            "only_show_if_degraded": False,
        }

    def _group_row(self, groups: Mapping[str, Item], id: str, position: int) -> Json:
        path = [groups[id]]
        while path[0]["parent_id"] in groups:
            path.insert(0, groups[path[0]["parent_id"]])
        inside = [service for service in self._document["services"] if service["group_id"] == id]
        return {
            "id": id,
            "name": " - ".join(group["name"] for group in path),
            "status": max((component_status(service) for service in inside), key=_FROM_BEST.index),
            "created_at": self._time(self._archive.dates["created_at"]),
            "updated_at": self._time(self._archive.dates["layout_updated_at"]),
            "position": position,
            "description": None,
            "showcase": False,
            "start_date": None,
            "group_id": None,
            "page_id": self._id,
            "group": True,
            "only_show_if_degraded": False,
            "components": [service["id"] for service in inside],
        }

    def _time(self, moment: str) -> str:
        """In the page's zone, with milliseconds: `Z` where the zone is UTC itself."""
        local = datetime.fromisoformat(moment).astimezone(self._zone)
        text = local.isoformat(timespec="milliseconds")
        return text.removesuffix("+00:00") + "Z" if local.tzname() == "UTC" else text

    def _time_or_none(self, moment: str | None) -> str | None:
        return self._time(moment) if moment else None


def component_status(service: Item) -> str:
    """A service's status in Statuspage's words. An outage is never hidden by maintenance."""
    status: str = service["status"]
    if status == "operational" and service["under_maintenance"]:
        return "under_maintenance"
    return _STATUSES.get(status, status)


def _window_status(status: str) -> str:
    return "completed" if status == "cancelled" else status
