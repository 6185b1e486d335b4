/** Called by Next.js once, as the server starts. What ends a process is for Node.js alone: Next.js makes this for its other runtime too. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { endWhenWrong } = await import("@/lib/auth/start");
    endWhenWrong();
  }
}
