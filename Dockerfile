FROM node:20-bookworm-slim AS assets
WORKDIR /src/wwwroot-assets
COPY wwwroot-assets/package.json wwwroot-assets/package-lock.json wwwroot-assets/.npmrc ./
RUN npm ci
COPY wwwroot-assets/ ./
RUN npm run build

FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /src
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY HomelabDashboard/HomelabDashboard.csproj HomelabDashboard/
RUN dotnet restore HomelabDashboard
COPY HomelabDashboard/ HomelabDashboard/
COPY --from=assets /src/HomelabDashboard/wwwroot/dist/ HomelabDashboard/wwwroot/dist/
RUN dotnet publish HomelabDashboard --configuration Release --output /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble
# hadolint ignore=DL3008 # the distribution's own security updates are wanted
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ansible-core ansible-lint openssh-client sshpass ttyd \
    && rm -rf /var/lib/apt/lists/* \
    && install --directory --owner="$APP_UID" --group="$APP_UID" --mode=0700 /data
WORKDIR /app
COPY --from=build /app ./
USER $APP_UID
# Sixteen megabytes are given out before the heap is looked through: on machines with large caches .NET would take many times that.
ENV DOTNET_GCgen0size=0x1000000 \
    HOMELAB_DATA_DIR=/data \
    HOMELAB_URLS=http://+:8080
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s CMD ["dotnet", "HomelabDashboard.dll", "healthcheck"]
ENTRYPOINT ["dotnet", "HomelabDashboard.dll"]
