# The image of the console, built from the root of the repository:
#
#   docker build --file deploy/web.Dockerfile .
#
# One build serves every installation: what differs is read from the environment when it answers (web/README.md).

FROM node:24.19.0-trixie-slim AS base
ENV NEXT_TELEMETRY_DISABLED=1

# What builds it stays here.
FROM base AS build
WORKDIR /source
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci
COPY web .
# Next.js leaves its scripts and styles to a server of files, where there is one.
RUN npm run build && cp -r .next/static .next/standalone/.next/static

FROM base
COPY --from=build /source/.next/standalone /opt/tidings
ENV NODE_ENV=production HOSTNAME=0.0.0.0 PORT=8000
USER 10017:10017
WORKDIR /opt/tidings
CMD ["node", "--max-old-space-size=256", "server.js"]
# A page, and not a file: settings that are wrong show as well.
HEALTHCHECK --interval=10s --timeout=4s --start-period=60s CMD ["node", "--eval", "\
fetch(`http://127.0.0.1:${process.env.PORT}/sign-in`) \
  .then(({ status }) => process.exit(status === 200 ? 0 : 1), () => process.exit(1))"]
