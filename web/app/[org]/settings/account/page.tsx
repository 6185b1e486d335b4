import { Account } from "@/features/settings/account";

export default function Page() {
  return <Account />;
}
