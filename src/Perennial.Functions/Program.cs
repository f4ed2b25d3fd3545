using Microsoft.Extensions.Hosting;
using Perennial.Functions.Hosting;

await FunctionsHost.Build(args).RunAsync();
