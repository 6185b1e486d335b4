import "./globals.css";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { Providers } from "@/features/shell/providers";
import { THEME_COOKIE, themeOf } from "@/features/shell/theme";
import { authSettings } from "@/lib/auth/settings";

export const metadata: Metadata = { title: { default: "Tidings", template: "%s · Tidings" }, robots: "noindex" };
export const viewport: Viewport = { width: "device-width", initialScale: 1, viewportFit: "cover" };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? "";
  const theme = themeOf((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html lang="en" data-theme={theme} className={GeistSans.variable}>
      <body>
        <Providers nonce={nonce} auth={authSettings(process.env)}>
          {children}
        </Providers>
      </body>
    </html>
  );
}
