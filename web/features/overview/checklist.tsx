"use client";
/** What there is to do until something is published for the first time. Each is ticked by what is there, and only who may do it sees it. */
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, CircleDashed } from "lucide-react";
import Link from "next/link";
import { Section } from "@/components/section";
import type { Service } from "@/features/overview/use-overview";
import { useSession } from "@/features/session/session";
import { useOrganization } from "@/features/shell/organization";
import { queries } from "@/lib/queries";

interface Step {
  title: string;
  hint: string;
  path: string;
  isDone: boolean;
}

export function Checklist({ services }: { services: Service[] }) {
  const organization = useOrganization();
  const isAdmin = organization.may("admin");
  const { current } = useSession();
  const managesMembers = current.state === "in" && current.auth.managesMembers;
  const page = useQuery(queries.page(organization)).data;
  const members = useQuery({ ...queries.members(organization), enabled: isAdmin && managesMembers }).data;
  if (!organization.may("responder")) return null;

  const steps: Step[] = [
    ...(isAdmin
      ? [
          {
            title: "Add your services",
            hint: "Each thing that can fail by itself, by the name your customers know.",
            path: "services",
            isDone: services.length > 0,
          },
          {
            title: "Make the page yours",
            hint: "Say what you do, with your logo and colour.",
            path: "settings/page",
            isDone: Boolean(page && (page.description || page.logo_url || page.accent_color)),
          },
        ]
      : []),
    ...(isAdmin && managesMembers
      ? [
          {
            title: "Invite colleagues",
            hint: "Whoever is woken at night needs to be able to tell people.",
            path: "settings/members",
            isDone: (members?.length ?? 0) > 1,
          },
        ]
      : []),
    {
      title: "Publish something",
      hint: "An incident, or a maintenance window that you plan anyway. Then this list is gone.",
      path: "incidents/new",
      isDone: false,
    },
  ];
  return (
    <Section title="Until you publish for the first time">
      <ul className="rounded-lg border">
        {steps.map(({ title, hint, path, isDone }) => (
          <li key={path} className="border-b last:border-b-0">
            <Link
              href={`/${organization.slug}/${path}`}
              className="flex items-start gap-2.5 px-3 py-2.5 hover:bg-hover"
            >
              {isDone ? (
                <CircleCheck className="mt-0.5 size-4 shrink-0 text-ok" aria-hidden />
              ) : (
                <CircleDashed className="mt-0.5 size-4 shrink-0 text-quiet" aria-hidden />
              )}
              <span className="min-w-0 flex-1">
                <span className="font-medium">{title}</span>
                {isDone && <span className="sr-only">: done</span>}
                {!isDone && <span className="block text-quiet text-xs">{hint}</span>}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
