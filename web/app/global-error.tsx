"use client";
/** When not even the layout could be made: nothing of ours is there to build on. */
export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <h1>Something went wrong in the console</h1>
        <p>{error.digest ? `The server's log says more at ${error.digest}.` : error.message}</p>
        <button type="button" onClick={reset}>
          Try again
        </button>
      </body>
    </html>
  );
}
