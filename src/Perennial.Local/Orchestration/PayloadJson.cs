using System.Runtime.InteropServices;
using System.Text.Json;
using Perennial.Core;

namespace Perennial.Local.Orchestration;

/// <summary>Payloads as the UTF-8 JSON that is kept.</summary>
internal static class PayloadJson
{
    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, CoreJson.Options);

    public static T? Read<T>(byte[] json) => JsonSerializer.Deserialize<T>(json, CoreJson.Options);

    public static JsonElement Element(byte[] json) => JsonSerializer.Deserialize<JsonElement>(json, CoreJson.Options);

    public static JsonElement? ElementOrNull(byte[]? json) => json is null ? null : Element(json);

    public static byte[] Bytes(JsonElement element) => JsonMarshal.GetRawUtf8Value(element).ToArray();
}
