import Link from "next/link";
import { Button } from "@/components/ui/button";

export default function NotFound() {
  return (
    <main className="mx-auto flex max-w-md flex-col items-start gap-4 px-4 pt-[15vh]">
      <h1 className="font-semibold text-xl">There is no such page</h1>
      <p className="text-quiet">The address may have been mistyped, or what it showed is gone.</p>
      <Button asChild>
        <Link href="/">Go to the console</Link>
      </Button>
    </main>
  );
}
