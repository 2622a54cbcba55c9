using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HomelabDashboard.Infrastructure.Web;

/// <summary>Times as RFC 3339: written in UTC with <c>Z</c>, read with any offset but never without one.</summary>
internal sealed class UtcJsonConverter : JsonConverter<DateTime>
{
    public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var time = reader.GetDateTime();
        return time.Kind == DateTimeKind.Unspecified
            ? throw new JsonException("A time needs its offset from UTC, or Z.")
            : time.ToUniversalTime();
    }

    public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
}
