using HomelabDashboard.Data;
using HomelabDashboard.Features.Operations;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

if (args is ["docs", var document])
{
    using var model = new HomelabDbContextDesignFactory().CreateDbContext([]);
    await File.WriteAllTextAsync(document, DatabaseDocument.Write(model.GetService<IDesignTimeModel>().Model));
    return;
}

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddData(new DataFolder(builder.Configuration["HOMELAB_DATA_DIR"] is { Length: > 0 } path ? path : "data"));
builder.Services.AddOperations();
builder.WebHost.UseUrls(builder.Configuration["HOMELAB_URLS"] is { Length: > 0 } urls ? urls : "http://localhost:8080");

var app = builder.Build();
await app.Services.GetRequiredService<DatabaseUpgrade>().RunAsync(CancellationToken.None);
await app.RunAsync();
