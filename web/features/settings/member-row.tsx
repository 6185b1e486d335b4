"use client";
/** One member: their role, and the way out. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Confirm } from "@/components/confirm";
import { Initials } from "@/components/person";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { useSession } from "@/features/session/session";
import type { Member } from "@/features/settings/queries";
import { ROLES, RoleSelect } from "@/features/settings/roles";
import { useOrganization } from "@/features/shell/organization";
import type { Role } from "@/lib/auth";
import { asProblem } from "@/lib/problem";
import { keys } from "@/lib/queries";
import { toast } from "@/lib/store";

interface Props {
  member: Member;
  isMe: boolean;
  /** The organization needs one, so this one stays as they are. */
  isLastAdmin: boolean;
}

export function MemberRow({ member, isMe, isLastAdmin }: Props) {
  const { may } = useOrganization();
  const { id, name, email, role } = member;
  const changeRole = useRoleChange(member, isMe);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-3 py-2">
      <Initials of={name} className="size-8 text-xs" />
      <div className="min-w-40 flex-1">
        <p className="wrap-anywhere font-medium">
          {name} {isMe && <Badge>You</Badge>}
        </p>
        <p className="wrap-anywhere text-quiet text-xs">{email}</p>
      </div>
      {may("admin") && !isLastAdmin ? (
        <RoleSelect
          aria-label={`Role of ${name}`}
          className="w-32"
          value={changeRole.isPending ? changeRole.variables : role}
          onChange={({ target }) => changeRole.mutate(target.value as Role)}
        />
      ) : (
        <p className="text-quiet">
          {ROLES[role].name}
          {isLastAdmin && may("admin") && ", the last one"}
        </p>
      )}
      {!isLastAdmin && (isMe || may("admin")) && <Removal id={id} name={name} isMe={isMe} />}
    </li>
  );
}

/** Shown at once, and taken back when it is refused. */
function useRoleChange({ id, name, role: before }: Member, isMe: boolean) {
  const organization = useOrganization();
  const cache = useQueryClient();
  const { reload } = useSession();
  const change = useMutation({
    mutationFn: (role: Role) =>
      organization.api.PATCH("/api/identity/v1/members/{account_id}", {
        params: { path: { account_id: id } },
        body: { role },
      }),
    onSuccess: (_, role) => {
      const undo = { label: "Undo", run: () => change.mutate(before) };
      toast(`${name} is ${ROLES[role].name.toLowerCase()} now`, isMe ? {} : { action: undo });
    },
    onError: (thrown) => toast(`${name} keeps their role: ${asProblem(thrown).message}`, { kind: "failed" }),
    onSettled: async () => {
      await cache.invalidateQueries({ queryKey: keys.members(organization.id) });
      if (isMe) await reload();
    },
  });
  return change;
}

function Removal({ id, name, isMe }: { id: string; name: string; isMe: boolean }) {
  const organization = useOrganization();
  const cache = useQueryClient();
  const router = useRouter();
  const { reload } = useSession();
  const [isAsked, setAsked] = useState(false);
  const remove = useMutation({
    mutationFn: () =>
      isMe
        ? organization.api.DELETE("/api/identity/v1/members/me")
        : organization.api.DELETE("/api/identity/v1/members/{account_id}", { params: { path: { account_id: id } } }),
    onSuccess: async () => {
      toast(isMe ? `You left ${organization.name}` : `${name} is no member any more`);
      if (!isMe) return cache.invalidateQueries({ queryKey: keys.members(organization.id) });
      router.replace("/");
      await reload();
    },
    onError: (thrown) =>
      toast(`${isMe ? "You are" : `${name} is`} still a member: ${asProblem(thrown).message}`, { kind: "failed" }),
    onSettled: () => setAsked(false),
  });
  return (
    <>
      <Button kind="danger" aria-label={isMe ? undefined : `Remove ${name}`} onClick={() => setAsked(true)}>
        {isMe ? "Leave" : "Remove"}
      </Button>
      <Confirm
        open={isAsked}
        onOpenChange={setAsked}
        title={isMe ? `Leave ${organization.name}` : `Remove ${name}`}
        action={isMe ? "Leave" : "Remove"}
        onConfirm={() => remove.mutate()}
        busy={remove.isPending}
      >
        {isMe ? "You cannot open its console any more." : "They cannot open the console of this organization any more."}{" "}
        An admin can invite {isMe ? "you" : "them"} again.
      </Confirm>
    </>
  );
}
