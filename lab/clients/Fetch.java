// One GET with a client of Java: java.net.http through an HTTP proxy, URLConnection through SOCKS.
// Use: java Fetch.java URL http|socks HOST PORT (with -Djavax.net.ssl.trustStore)
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

public class Fetch {
    public static void main(String[] words) throws Exception {
        var address = new InetSocketAddress(words[2], Integer.parseInt(words[3]));
        var target = URI.create(words[0]);
        if (words[1].equals("http")) {
            var client = HttpClient.newBuilder().proxy(ProxySelector.of(address)).build();
            System.out.println(client.send(HttpRequest.newBuilder(target).build(), HttpResponse.BodyHandlers.ofString()).body());
        } else {
            var connection = target.toURL().openConnection(new Proxy(Proxy.Type.SOCKS, address));
            System.out.println(new String(connection.getInputStream().readAllBytes()));
        }
    }
}
