using System.Text.Json;
using System.Text.Json.Serialization;

namespace HomelabDashboard.Features.Automation;

/// <summary>A text that is JSON stands in other JSON as such. One that stands there as a string, as rows of earlier versions have it, is read too.</summary>
internal sealed class JsonTextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? reader.GetString() : JsonElement.ParseValue(ref reader).GetRawText();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteRawValue(value);
}
