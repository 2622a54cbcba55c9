using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace HomelabDashboard.Tests.Support;

/// <summary>A program that uses a running dashboard by its HTTP API.</summary>
public sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;

    private ApiClient(HttpClient http) => _http = http;

    public static async Task<ApiClient> SignInAsync(Uri address, string username, string password)
    {
        var http = new HttpClient { BaseAddress = new(address, "/api/v1/") };
        using var answer = await http.PostAsJsonAsync("auth/token", new { username, password });
        var token = (await ReadAsync(answer)).GetProperty("token").GetString();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new(http);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(path);
        return await ReadAsync(answer);
    }

    public async Task<JsonElement> PostAsync(string path, object? body = null)
    {
        using var answer = await _http.PostAsJsonAsync(path, body ?? new { });
        return await ReadAsync(answer);
    }

    public async Task<JsonElement> PatchAsync(string path, object body)
    {
        using var answer = await _http.PatchAsJsonAsync(path, body);
        return await ReadAsync(answer);
    }

    public async Task DeleteAsync(string path)
    {
        using var answer = await _http.DeleteAsync(path);
        await ReadAsync(answer);
    }

    /// <summary>Opens an answer that goes on, such as a log that is followed.</summary>
    public async Task<Stream> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var answer = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{path} answered {(int)answer.StatusCode}");
        return await answer.Content.ReadAsStreamAsync(cancellationToken);
    }

    /// <summary>Adds the host, lets the dashboard in, approves its key and waits until it is online.</summary>
    /// <returns>The host's id.</returns>
    public async Task<string> ConnectAsync(SshServer server, string name, string? address = null)
    {
        var id = await AddAsync(server, name, address);
        var offered = (await GetAsync($"hosts/{id}/host-key")).GetProperty("offered");
        await PostAsync($"hosts/{id}/host-key/approve", new { fingerprint = offered.GetProperty("fingerprint").GetString() });
        await Until.TrueAsync(async () => (await GetAsync($"hosts/{id}")).GetProperty("status").GetString() == "online", $"{name} is online");
        return id;
    }

    public async Task<string> AddAsync(SshServer server, string name, string? address = null)
    {
        var host = await PostAsync("hosts", new { name, ip_address = address ?? server.Address, ssh_port = server.Port, ssh_user = server.User });
        return host.GetProperty("id").GetString()!;
    }

    public async Task<string> PublicKeyAsync() => (await GetAsync("ssh-key")).GetProperty("public_key").GetString()!;

    public void Dispose() => _http.Dispose();

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri} answered {(int)answer.StatusCode}: {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }
}
