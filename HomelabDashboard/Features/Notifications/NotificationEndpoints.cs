using System.Globalization;
using System.Text.Json.Nodes;
using HomelabDashboard.Features.Accounts;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace HomelabDashboard.Features.Notifications;

internal static class NotificationEndpoints
{
    /// <param name="api">The group <c>/api/v1</c>.</param>
    public static void MapNotifications(this IEndpointRouteBuilder api)
    {
        var channels = api.MapGroup("/notification-channels").WithTags("Notifications");
        channels.MapGet("", ListAsync).RequireScope(Scopes.SettingsRead).WithSummary("The ways on which people are told of alerts. A secret is never sent back: has_secret says that there is one.")
            .Produces<Page<ChannelRecord>>();
        channels.MapPost("", async (ChannelService service, ChannelInput input, CancellationToken cancellationToken) =>
                (await service.AddAsync(input, cancellationToken)).ToHttp(c => TypedResults.Created($"/api/v1/notification-channels/{c.Id}", c)))
            .RequireScope(Scopes.SettingsWrite)
            .WithSummary("Adds a channel. ntfy: url, topic, username. gotify: url. apprise: url, topic (its key). email: server, port, security (tls, starttls or none), username, from, to. secret is the token or password; of discord, slack and webhook the whole address.")
            .Produces<ChannelRecord>(201).ProducesProblems(400, 409);
        channels.MapGet("/{id:int}", async (ChannelService service, int id, CancellationToken cancellationToken) => (await service.GetAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.SettingsRead).WithSummary("One channel.").Produces<ChannelRecord>().ProducesProblems(404);
        channels.MapPatch("/{id:int}", ChangeAsync).RequireScope(Scopes.SettingsWrite)
            .WithSummary("Changes the fields that are given; settings are given whole. Another address needs the secret again, and another host allow_private_host; an empty secret takes it away.")
            .Accepts<ChannelInput>("application/json").Produces<ChannelRecord>().ProducesProblems(400, 404);
        channels.MapDelete("/{id:int}", async (ChannelService service, int id, CancellationToken cancellationToken) => (await service.DeleteAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.SettingsWrite).WithSummary("Takes a channel away, with what is known of its deliveries.").Produces(204).ProducesProblems(404);
        channels.MapPost("/{id:int}/test", async (ChannelService service, int id, CancellationToken cancellationToken) => (await service.TestAsync(id, cancellationToken)).ToHttp())
            .RequireScope(Scopes.SettingsWrite).WithSummary("Sends a test, and answers within 15 seconds how that went: state is sent, failed or unclear, with error.")
            .Produces<DeliveryRecord>().ProducesProblems(404);
        channels.MapGet("/{id:int}/deliveries", DeliveriesAsync).RequireScope(Scopes.SettingsRead).WithSummary("What was sent on a channel and what waits, newest first.")
            .Produces<Page<DeliveryRecord>>().ProducesProblems(404);
    }

    private static async Task<IResult> ListAsync(ChannelService service, [AsParameters] ListQuery query, CancellationToken cancellationToken)
    {
        if (!TryKey(query, out var after))
        {
            return WrongCursor();
        }

        var channels = (await service.ListAsync(cancellationToken)).Where(c => after is null || c.Id > after).Take(query.Take + 1);
        return TypedResults.Ok(query.PageOf([.. channels], c => c.Id.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<IResult> ChangeAsync(ChannelService service, int id, JsonObject changes, IOptions<JsonOptions> json, CancellationToken cancellationToken)
    {
        var found = await service.GetAsync(id, cancellationToken);
        return found.Succeeded
            ? (await service.ChangeAsync(id, changes.Over(ChannelInput.Of(found.Value), json.Value.SerializerOptions), cancellationToken)).ToHttp()
            : found.Problem.ToHttp();
    }

    private static async Task<IResult> DeliveriesAsync(ChannelService service, int id, [AsParameters] ListQuery query, CancellationToken cancellationToken)
    {
        if (!TryKey(query, out var before))
        {
            return WrongCursor();
        }

        var channel = await service.GetAsync(id, cancellationToken);
        return channel.Succeeded
            ? TypedResults.Ok(query.PageOf(await service.DeliveriesAsync(id, before, query.Take + 1, cancellationToken), d => d.Id.ToString(CultureInfo.InvariantCulture)))
            : channel.Problem.ToHttp();
    }

    private static IResult WrongCursor() => Problem.Invalid("cursor", "cursor must be the next_cursor of a page before, unchanged.").ToHttp();

    private static bool TryKey(ListQuery query, out long? key)
    {
        key = null;
        if (query.After is not { } text)
        {
            return true;
        }

        var known = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        key = value;
        return known;
    }
}
