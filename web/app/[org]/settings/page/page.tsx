import { Page as Settings } from "@/features/settings/page";

export default function Page() {
  return <Settings />;
}
