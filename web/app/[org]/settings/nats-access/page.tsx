import { NatsAccess } from "@/features/settings/nats-access";

export default function Page() {
  return <NatsAccess />;
}
