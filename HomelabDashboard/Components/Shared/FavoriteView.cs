using HomelabDashboard.Features;
using HomelabDashboard.Features.Docker;
using HomelabDashboard.Infrastructure.Live;

namespace HomelabDashboard.Components.Shared;

/// <summary>The favourites and looks of the person on this page, as last read.</summary>
public sealed class FavoriteView(FavoriteService service, ServiceIcons icons)
{
    private readonly Dictionary<int, (ContainerSummary Container, ContainerBadge Badge)> _badges = [];
    private IReadOnlyDictionary<int, CustomizationRecord> _looks = new Dictionary<int, CustomizationRecord>();
    private Dictionary<int, FavoriteRecord> _byContainer = [];
    private int _userId;

    public Favorites Favorites { get; private set; } = Favorites.None;

    /// <summary>To be watched; see <see cref="Concerns"/>.</summary>
    public LiveStore<int, FavoritesChange> Changes { get; private set; } = default!;

    public ServiceIcons Icons => icons;

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        (Changes, _userId) = await service.ChangesAsync();
        Favorites = await service.GetAsync(cancellationToken);
        _looks = await service.CustomizationsAsync(cancellationToken);
        _byContainer = Favorites.Containers.ToDictionary(f => f.DockerContainerId);
        _badges.Clear();
    }

    /// <summary>Whether it is time to load again.</summary>
    public bool Concerns(IEnumerable<KeyValuePair<int, FavoritesChange?>> batch) => batch.Any(change => change.Key == _userId);

    public FavoriteRecord? Of(ContainerSummary container) => _byContainer.GetValueOrDefault(container.Id);

    public ContainerBadge BadgeOf(ContainerSummary container)
    {
        if (!_badges.TryGetValue(container.Id, out var known) || !ReferenceEquals(known.Container, container))
        {
            _badges[container.Id] = known = (container, ContainerBadge.Of(container, _looks.GetValueOrDefault(container.Id), icons));
        }

        return known.Badge;
    }

    public CustomizationRecord? LookOf(ContainerSummary container) => _looks.GetValueOrDefault(container.Id);

    /// <summary>Makes it a favourite, or one no more.</summary>
    public async Task<Problem?> ToggleAsync(ContainerSummary container) => Of(container) is { } favorite
        ? (await service.RemoveAsync(favorite.Id, CancellationToken.None)).Problem
        : (await service.AddAsync(new(DockerContainerId: container.Id), CancellationToken.None)).Problem;
}
