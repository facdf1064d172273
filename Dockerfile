# syntax=docker/dockerfile:1
# One image for each process: a small layer on what they share. `docker compose build` makes them all;
# docs/containers.md says what of this file is tested and what is not.

# Debian, because Temporal's native core needs glibc.
FROM node:22-bookworm-slim AS base
WORKDIR /app
ENV NODE_ENV=production

FROM base AS build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --ignore-scripts
COPY . .
RUN npm run build

FROM base AS production-packages
COPY package.json package-lock.json .npmrc ./
# Temporal's core comes with a build for each platform; the others are 150 MB.
RUN npm ci --omit=dev --ignore-scripts \
  && case "$(uname -m)" in x86_64) keep=x86_64-unknown-linux-gnu ;; aarch64) keep=aarch64-unknown-linux-gnu ;; *) exit 1 ;; esac \
  && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name "$keep" -exec rm -r {} +

FROM base AS runtime
COPY --from=production-packages /app/node_modules ./node_modules
COPY package.json ./
COPY --from=build /app/dist ./dist
# Processes in containers are reached from other containers.
ENV HOST=0.0.0.0
USER node
STOPSIGNAL SIGTERM

# Migrations and the preparation of Temporal: run once, then done.
FROM runtime AS tools
CMD ["node", "dist/scripts/database.js"]

FROM runtime AS client-app
EXPOSE 3001
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=6 CMD ["node", "dist/scripts/ready.js", "3001"]
CMD ["node", "dist/services/client-app/main.js"]

FROM runtime AS ticket-app
EXPOSE 3002
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=6 CMD ["node", "dist/scripts/ready.js", "3002"]
CMD ["node", "dist/services/ticket-app/main.js"]

FROM runtime AS payment-app
EXPOSE 3003
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=6 CMD ["node", "dist/scripts/ready.js", "3003"]
CMD ["node", "dist/services/payment-app/main.js"]

FROM runtime AS organizer-x
EXPOSE 3011
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=6 CMD ["node", "dist/scripts/ready.js", "3011"]
CMD ["node", "dist/services/organizer-systems/main.js", "x"]

FROM runtime AS organizer-y
EXPOSE 3012
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=6 CMD ["node", "dist/scripts/ready.js", "3012"]
CMD ["node", "dist/services/organizer-systems/main.js", "y"]

FROM runtime AS ticketing-worker
EXPOSE 3020
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=6 CMD ["node", "dist/scripts/ready.js", "3020"]
CMD ["node", "dist/temporal/workers/main.js"]
