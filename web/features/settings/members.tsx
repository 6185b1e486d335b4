"use client";
/** Who is in the organization, and who is invited. Admins change both; with an outside issuer they live there. */
import { useQuery } from "@tanstack/react-query";
import { Empty } from "@/components/empty";
import { ErrorState } from "@/components/error-state";
import { Skeleton } from "@/components/ui/skeleton";
import { useSession } from "@/features/session/session";
import { Invitations } from "@/features/settings/invitations";
import { Invite } from "@/features/settings/invite";
import { MemberRow } from "@/features/settings/member-row";
import { Section } from "@/features/settings/section";
import { useOrganization } from "@/features/shell/organization";
import type { Auth } from "@/lib/auth";
import { queries } from "@/lib/queries";

const ISSUERS: Record<Auth["kind"], string> = {
  local: "Tidings",
  oidc: "your identity provider",
  clerk: "Clerk",
};

export function Members() {
  const { current } = useSession();
  const auth = current.state === "in" ? current.auth : null;
  if (auth && !auth.managesMembers) return <Elsewhere auth={auth} />;
  return <Here />;
}

function Elsewhere({ auth }: { auth: Auth }) {
  return (
    <Empty title={`Members are kept by ${ISSUERS[auth.kind]}`}>
      Whoever may sign in there with this organization is a member, with the role that is set there. Passwords are kept
      there too.
      {auth.membersUrl && (
        <>
          {" "}
          <a href={auth.membersUrl} className="inline-flex items-center text-accent underline touch:min-h-11">
            Manage members
          </a>
        </>
      )}
    </Empty>
  );
}

function Here() {
  const organization = useOrganization();
  const { data: members, error, refetch } = useQuery(queries.members(organization));
  const { current } = useSession();
  const me = current.state === "in" ? current.session.person.id : null;
  if (error && !members) return <ErrorState error={error} retry={() => void refetch()} />;
  const mayChange = organization.may("admin");
  const admins = members?.filter(({ role }) => role === "admin").length ?? 0;
  return (
    <div className="flex flex-col gap-8">
      <Section title="Members" intro={mayChange ? undefined : "Admins invite people and change roles."}>
        {mayChange && <Invite />}
        {members ? (
          <ul className="divide-y rounded-lg border">
            {members.map((member) => (
              <MemberRow
                key={member.id}
                member={member}
                isMe={member.id === me}
                isLastAdmin={member.role === "admin" && admins === 1}
              />
            ))}
          </ul>
        ) : (
          <Skeleton className="h-44" />
        )}
      </Section>
      {mayChange && <Invitations />}
    </div>
  );
}
