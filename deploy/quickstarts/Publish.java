// Publishes one model output with Java's client and waits for its verdict.
//
//   java -cp '/opt/kafka/libs/*' Publish.java       (17 or newer; or the jars of `make kafka`)
//
// KAFKA_BOOTSTRAP_SERVERS names the broker (127.0.0.1:9092), SENTUH_TOPIC_PREFIX what goes before
// every topic's name (nothing).

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

public class Publish {
    static final String SERVERS =
        System.getenv().getOrDefault("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092");
    static final String PREFIX = System.getenv().getOrDefault("SENTUH_TOPIC_PREFIX", "");
    static final Duration WAIT = Duration.ofMinutes(2);

    // A CloudEvent in Kafka's binary mode: what names the output goes into headers, the rest is the
    // value. Source and id name it: sent again with the same content it is still one output.
    static final String SOURCE = "/models/quickstart";
    static final String ID = "java-" + UUID.randomUUID();
    static final Map<String, String> HEADERS = Map.of(
        "ce_specversion", "1.0", "ce_type", "model.output.v1", "ce_source", SOURCE, "ce_id", ID,
        "content-type", "application/json");
    static final String OUTPUT = """
        {"task_type": "canonical", "format": "sentuh.output",
         "request": "What is the capital of Australia?",
         "response": {"answer": "Canberra", "text": "The capital of Australia is Canberra.",
                      "confidence": {"value": 0.55}}}
        """;

    public static void main(String[] arguments) throws Exception {
        var strings = new StringDeserializer();
        Map<String, Object> where = Map.of("bootstrap.servers", SERVERS);
        try (var consumer = new KafkaConsumer<>(where, strings, strings)) {
            fromNowOn(consumer, PREFIX + "verdicts");
            publish(where);
            untilJudged(consumer);
        }
    }

    // Look at the end of `verdicts` before publishing: so the verdict cannot be missed. There is no
    // group here; a service of yours would use one.
    static void fromNowOn(KafkaConsumer<String, String> consumer, String topic) {
        var partitions = consumer.partitionsFor(topic).stream()
            .map(one -> new TopicPartition(topic, one.partition())).toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    // The record's key is free: an output is known by its source and id.
    static void publish(Map<String, Object> where) throws Exception {
        var strings = new StringSerializer();
        try (var producer = new KafkaProducer<>(where, strings, strings)) {
            var output = new ProducerRecord<>(PREFIX + "model-outputs", ID, OUTPUT);
            HEADERS.forEach((name, text) -> output.headers().add(name, text.getBytes(UTF_8)));
            producer.send(output).get();
        }
        System.out.println("published " + ID);
    }

    // Other records of the topic are other outputs' verdicts, or ask for more answers.
    static void untilJudged(KafkaConsumer<String, String> consumer) throws Exception {
        var json = new ObjectMapper();
        var limit = Instant.now().plus(WAIT);
        while (Instant.now().isBefore(limit)) {
            for (var record : consumer.poll(Duration.ofSeconds(1))) {
                JsonNode verdict = json.readTree(record.value());
                JsonNode ref = verdict.path("ref");
                if (ref.path("source").asText().equals(SOURCE) && ref.path("id").asText().equals(ID)) {
                    System.out.printf("verdict: %s (%.0f%% sure, %s, %d answers)%n",
                        verdict.path("answer").asText(), 100 * verdict.path("probability").asDouble(),
                        verdict.path("stop_reason").asText(), verdict.path("votes").size());
                    return;
                }
            }
        }
        System.err.println("no verdict yet: sentuh trace --kafka HOST:PORT --source " + SOURCE + " --id " + ID);
        System.exit(1);
    }
}
