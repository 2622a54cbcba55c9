using System.Text.Json;
using System.Text.Json.Nodes;

namespace HomelabDashboard.Features;

/// <summary>Changes of a part of something, as PATCH sends them.</summary>
internal static class JsonChanges
{
    /// <summary>Lays the fields that are given over what is there, and reads the whole as a new one is read.</summary>
    /// <exception cref="BadHttpRequestException">It cannot be read.</exception>
    public static T Over<T>(this JsonObject changes, T present, JsonSerializerOptions options)
    {
        var whole = JsonSerializer.SerializeToNode(present, options)!.AsObject();
        foreach (var (name, value) in changes)
        {
            whole[name] = value?.DeepClone();
        }

        try
        {
            return whole.Deserialize<T>(options)!;
        }
        catch (JsonException wrong)
        {
            throw new BadHttpRequestException(wrong.Message, StatusCodes.Status400BadRequest, wrong);
        }
    }
}
