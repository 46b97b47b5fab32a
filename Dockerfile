# Hearten: `docker build -t hearten .`

# npm is needed at build time only: build.rs fetches GraphiQL's files, pinned by hash, to embed them.
FROM node:24-bookworm-slim AS node

FROM rust:1.95-bookworm AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && apt-get update && apt-get install -y --no-install-recommends cmake && rm -rf /var/lib/apt/lists/*
WORKDIR /hearten
COPY . .
# The image has the compiler; rust-toolchain.toml would fetch the lints' components, too.
ENV RUSTUP_TOOLCHAIN=1.95.0
# `embed` fails the build when the files cannot be fetched. Only for this command: the running binary refuses the name.
RUN HEARTEN_GRAPHIQL=embed cargo build --release --locked

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/hearten --create-home hearten
COPY --from=build /hearten/target/release/hearten /usr/local/bin/hearten
USER hearten
WORKDIR /var/lib/hearten
VOLUME /var/lib/hearten
ENV HEARTEN_SERVER__LISTEN=0.0.0.0:8080 \
    HEARTEN_DATABASE__URL=sqlite:///var/lib/hearten/hearten.db \
    HEARTEN_LOG__FORMAT=json
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q '^HTTP/1.. 200' <&3"]
ENTRYPOINT ["hearten"]
CMD ["serve"]
