# One image for every service and for the migrations: which one runs is the first argument.
#   docker build -t daybreak .
#   docker run --env-file sender.env daybreak services/sender/dist/main.js
ARG NODE_IMAGE=node:24-bookworm-slim

# Only what decides which packages are installed: the layers below are rebuilt when a manifest changes, not when a source does.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY . .
RUN find . -mindepth 1 -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
  && find . -mindepth 1 -type d -empty -delete

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY --from=manifests /app .
RUN npm ci
COPY . .
RUN npx nx run-many -t build --exclude '@daybreak/test,@daybreak/testing,@daybreak/local-stack'

FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY --from=manifests /app .
# Optional and peer too: Prisma's CLI, TypeScript and what they bring are optional peers of Prisma's client, which runs without.
RUN npm ci --omit=dev --omit=optional --omit=peer

# What runs: compiled code, migrations and settings; neither sources, tests nor what only developers need.
FROM build AS release
RUN rm -rf libs/local-stack libs/testing \
  && find libs services -mindepth 2 -maxdepth 2 \( -name src -o -name test -o -name bench -o -name node_modules -o -name 'tsconfig*.json' -o -name '*.mjs' \) -exec rm -rf {} + \
  && find libs services -name '*.medium.spec.js*' -delete

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="daybreak" \
  org.opencontainers.image.description="Delivers an approved daily content pack over the WhatsApp Business Cloud API at 06:00 IST, and proves whether it did." \
  org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=release /app/package.json .
COPY --from=release /app/libs libs
COPY --from=release /app/services services
# npm's own links to the workspaces that are not in the image.
RUN find node_modules/@daybreak -xtype l -delete
USER 65532:65532
# Node is process 1 and gets SIGTERM itself; telemetry has to be loaded before everything else. V8 does not clear the heap out because a hundred
# seconds were quiet: that takes up to half a second of CPU, and may come at 06:00; a pod's memory is its own anyway.
ENTRYPOINT ["node", "--enable-source-maps", "--disable-warning=TimeoutNegativeWarning", "--no-memory-reducer", "--import", "@daybreak/observability/telemetry"]
CMD ["services/sender/dist/main.js"]
