import { authSettings } from "@/lib/auth/settings";

const EX_CONFIG = 78;

/** A wrong setting ends the server as it ends a service: with a sentence, and with the exit code that says that starting again will not help. */
export function endWhenWrong(): void {
  try {
    authSettings(process.env);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}. Set it in the environment.`);
    process.exit(EX_CONFIG);
  }
}
