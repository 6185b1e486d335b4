import { ApiKeys } from "@/features/settings/api-keys";

export default function Page() {
  return <ApiKeys />;
}
